using Microsoft.Extensions.DependencyInjection;
using OpsBot.Incidents.Correlation;
using OpsBot.Incidents.Flow;

namespace OpsBot.Incidents;

/// <summary>Registers what this project needs: options only, the rest are functions.</summary>
public static class IncidentsRegistration
{
    /// <summary>The Host binds <see cref="CorrelationOptions"/> to <c>correlation</c> and <see cref="FlowSettings"/> to <c>incidents</c>.</summary>
    public static IServiceCollection AddIncidents(this IServiceCollection services)
    {
        services.AddOptions<CorrelationOptions>().ValidateDataAnnotations().ValidateOnStart();
        services.AddOptions<FlowSettings>().ValidateDataAnnotations().ValidateOnStart();
        return services;
    }
}
