using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using OpsBot.Contracts.Ports;
using OpsBot.Incidents.Correlation;
using OpsBot.Incidents.Desk;
using OpsBot.Incidents.Flow;

namespace OpsBot.Incidents;

/// <summary>Registers what this project needs: options and the desk; the rest are functions.</summary>
public static class IncidentsRegistration
{
    /// <summary>The Host binds <see cref="CorrelationOptions"/> to <c>correlation</c> and <see cref="FlowSettings"/> to <c>incidents</c>.</summary>
    public static IServiceCollection AddIncidents(this IServiceCollection services)
    {
        services.AddOptions<CorrelationOptions>().ValidateDataAnnotations().ValidateOnStart();
        services.AddOptions<FlowSettings>().ValidateDataAnnotations().ValidateOnStart();
        services.AddOptions<TopologyOptions>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<TopologyOptions>, TopologyOptionsValidator>());
        services.TryAddSingleton<ITopology, ServiceTopology>();
        services.TryAddSingleton<IncidentDesk>();
        services.TryAddSingleton<RegroupDesk>();
        return services;
    }
}
