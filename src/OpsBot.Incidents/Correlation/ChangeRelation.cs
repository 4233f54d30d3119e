using OpsBot.Contracts.Events;
using OpsBot.Contracts.Incidents;
using OpsBot.Contracts.Ports;
using OpsBot.Incidents.Timeline;

namespace OpsBot.Incidents.Correlation;

/// <summary>Says whether a change has to do with an incident.</summary>
public static class ChangeRelation
{
    /// <summary>
    /// The relation in words; null where there is none. A change or an incident that names no service may have to do with anything.
    /// </summary>
    public static string? Of(DeployReported change, Incident incident, ITopology topology)
    {
        if (string.IsNullOrWhiteSpace(change.Service))
            return "names no service";
        if (incident.Services.Count == 0)
            return "same environment";
        if (incident.Services.Any(service => ServiceNames.Same(change.Service, service)))
            return "same service";
        var near = incident.Services.FirstOrDefault(service =>
            topology.AreNeighbours(change.Service, service) || ServiceNames.Related(change.Service, service));
        return near is null ? null : $"next to {PlainText.OneLine(near, 60)}";
    }
}
