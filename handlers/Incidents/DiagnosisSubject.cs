using System.ComponentModel.DataAnnotations;
using OpsBot.Contracts.Events;
using OpsBot.Contracts.Incidents;
using OpsBot.Evidence;

namespace OpsBot.Handlers.Incidents;

/// <summary>How far back a live diagnosis looks.</summary>
/// <remarks>
/// <code>
/// diagnosisWindow:
///   lookback: 1h        # before the incident's start
/// </code>
/// </remarks>
public sealed class DiagnosisWindowOptions
{
    /// <summary>Time before the incident's start that is compared with it. Default 1 h.</summary>
    [Range(typeof(TimeSpan), "00:05:00", "2.00:00:00")]
    public TimeSpan Lookback { get; set; } = TimeSpan.FromHours(1);
}

/// <summary>What a diagnosis is told of a live incident.</summary>
internal static class DiagnosisSubject
{
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
}
