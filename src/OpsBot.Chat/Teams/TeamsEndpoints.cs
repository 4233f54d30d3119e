using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OpsBot.Chat.Teams.Incoming;

namespace OpsBot.Chat.Teams;

/// <summary>Where Teams calls us.</summary>
public static class TeamsEndpoints
{
    /// <summary>The messaging endpoint, as the bot's registration in Azure names it.</summary>
    public const string Path = "/api/messages";

    /// <summary>Maps <c>POST /api/messages</c> where Teams is configured.</summary>
    public static IEndpointRouteBuilder MapTeams(this IEndpointRouteBuilder endpoints)
    {
        var options = endpoints.ServiceProvider.GetRequiredService<IOptions<TeamsOptions>>().Value;
        if (!options.IsConfigured) return endpoints;
        var intake = endpoints.ServiceProvider.GetRequiredService<TeamsIntake>();
        if (options.Insecure) TeamsLog.Insecure(endpoints.ServiceProvider.GetRequiredService<ILogger<TeamsIntake>>());
        endpoints.MapPost(Path, (HttpContext http) => intake.HandleAsync(http));
        return endpoints;
    }
}
