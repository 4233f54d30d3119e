using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OpsBot.Ingress.Mapped;
using OpsBot.Ingress.Webhooks;

namespace OpsBot.Ingress;

/// <summary>The endpoints of the senders that are configured.</summary>
public static class IngressEndpoints
{
    /// <summary>Path of a sender's endpoint: <c>/webhooks/pagerduty</c>.</summary>
    public static string PathOf(string source) => $"/webhooks/{source}";

    /// <summary>Maps <c>POST /webhooks/{source}</c> for every configured sender, and PUT, which Grafana can be told to use.</summary>
    /// <exception cref="OptionsValidationException">A sender has no secret and is not declared insecure.</exception>
    public static IEndpointRouteBuilder MapIngress(this IEndpointRouteBuilder endpoints)
    {
        var services = endpoints.ServiceProvider;
        var pipeline = services.GetRequiredService<WebhookPipeline>();
        var configured = Senders.Configured(
            services.GetRequiredService<IOptions<SendersOptions>>().Value, services.GetRequiredService<MappingLibrary>(), services.GetRequiredService<TimeProvider>());
        foreach (var sender in configured)
        {
            if (sender.Options.Insecure)
                IngressLog.Insecure(services.GetRequiredService<ILogger<WebhookPipeline>>(), sender.Source);
            IngressMetrics.Begin(sender.Source);
            endpoints.MapMethods(PathOf(sender.Source), [HttpMethods.Post, HttpMethods.Put], (HttpContext http) => pipeline.HandleAsync(sender, http));
        }

        return endpoints;
    }
}
