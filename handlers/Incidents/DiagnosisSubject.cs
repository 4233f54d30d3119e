using OpsBot.Contracts;
using OpsBot.Contracts.Events;
using OpsBot.Contracts.Incidents;
using OpsBot.Evidence;

namespace OpsBot.Handlers.Incidents;

/// <summary>What a diagnosis is told of a live incident.</summary>
internal static class DiagnosisSubject
{
    private static readonly TimeSpan MostBeforeOpening = TimeSpan.FromHours(6);

    /// <summary>The incident in the words of its leading alert: the first that fires, else the first there is.</summary>
    public static IncidentFacts Of(IncidentDetail detail)
    {
        var alerts = detail.Alerts.OrderBy(alert => alert.FirstAt).ToList();
        var lead = alerts.Find(alert => alert.Status != AlertStatus.Resolved) ?? alerts.FirstOrDefault();
        var incident = detail.Incident;
        return new IncidentFacts(
            incident.Name, incident.Title, incident.StartedAt, lead?.Source ?? "opsbot", incident.Service ?? lead?.Service, lead?.Severity,
            incident.Environment, lead?.Labels ?? new Dictionary<string, string>(), lead?.Summary, lead?.Description, lead?.Expression);
    }

    /// <summary>From some time before the incident began until now. An alert that had fired for days before it reached us is not followed back for days.</summary>
    public static TimeWindow WindowOf(Incident incident, TimeSpan lookback, DateTimeOffset now)
    {
        var earliest = incident.OpenedAt - MostBeforeOpening;
        return new TimeWindow((incident.StartedAt > earliest ? incident.StartedAt : earliest) - lookback, now);
    }
}
