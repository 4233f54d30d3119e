using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using OpsBot.Chat.Slack.Incoming;

namespace OpsBot.Chat.Slack;

/// <summary>Where Slack calls us in HTTP mode, as <c>deploy/slack/manifest.yaml</c> names it.</summary>
public static class SlackEndpoints
{
    /// <summary>Maps <c>POST /slack/events</c>, <c>/slack/interactivity</c> and <c>/slack/commands</c> where Slack is configured with <see cref="SlackMode.Http"/>.</summary>
    public static IEndpointRouteBuilder MapSlack(this IEndpointRouteBuilder endpoints)
    {
        if (endpoints.ServiceProvider.GetRequiredService<IOptions<SlackOptions>>().Value is not { IsConfigured: true, Mode: SlackMode.Http })
            return endpoints;
        var http = endpoints.ServiceProvider.GetRequiredService<SlackHttp>();
        endpoints.MapPost("/slack/events", (HttpContext context) => http.EventsAsync(context));
        endpoints.MapPost("/slack/interactivity", (HttpContext context) => http.InteractivityAsync(context));
        endpoints.MapPost("/slack/commands", (HttpContext context) => http.CommandsAsync(context));
        return endpoints;
    }
}
