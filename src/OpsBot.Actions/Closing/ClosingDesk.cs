using System.Text.Json;
using System.Text.Json.Nodes;
using OpsBot.Actions.Audit;
using OpsBot.Actions.Gates;
using OpsBot.Contracts;
using OpsBot.Contracts.Actions;
using OpsBot.Contracts.Incidents;
using OpsBot.Contracts.Messages;
using OpsBot.Storage.Messages;

namespace OpsBot.Actions.Closing;

/// <summary>Asks the gates whether an incident may be closed, and puts on record what they said.</summary>
public sealed class ClosingDesk(IGateKeeper gates, IAuditTrail audit)
{
    private const int MostAlerts = 50;

    /// <param name="prometheus">Where gates may ask, without credentials; null where none is configured.</param>
    public Task<IReadOnlyList<GateVerdict>> AskAsync(IncidentDetail detail, Person person, Uri? prometheus, CancellationToken cancellationToken) =>
        gates.AskAsync(GatePoint.BeforeClose, gates.BeforeClose, Question(detail, person, prometheus), cancellationToken);

    public Task RecordClosedAsync(Person person, Incident incident, IReadOnlyList<GateVerdict> verdicts, EffectScope scope) =>
        RecordAsync("closed", person, incident, verdicts, scope);

    /// <summary>Says in the thread which gate holds it open, and why.</summary>
    /// <param name="messageId">The row that asked, so that each denial is told once.</param>
    public async Task RecordDeniedAsync(Person person, Incident incident, IReadOnlyList<GateVerdict> verdicts, long messageId, EffectScope scope)
    {
        await RecordAsync("close-denied", person, incident, verdicts, scope);
        var held = string.Join("; ", verdicts.Where(verdict => !verdict.Passed).Select(verdict => $"{verdict.Gate}: {verdict.Reason}"));
        var reply = new PostReply(
            incident.Id, FormattableString.Invariant($"{incident.Name}/close-denied/{messageId}"),
            $"{person.Name} wants this closed; it stays open. {held}", "notice");
        scope.Follow(NewMessage.Of(reply, Streams.Thread(incident.Id)));
    }

    public Task RecordAcknowledgedAsync(Person person, Incident incident, EffectScope scope) => RecordAsync("acknowledged", person, incident, [], scope);

    private Task RecordAsync(string kind, Person person, Incident incident, IReadOnlyList<GateVerdict> verdicts, EffectScope scope)
    {
        var details = new Dictionary<string, string> { ["title"] = incident.Title, ["status"] = incident.Status.ToString().ToLowerInvariant() };
        foreach (var verdict in verdicts)
        {
            details[$"gate {verdict.Gate}"] = $"{(verdict.Passed ? "passed" : "denied")}: {verdict.Reason}";
        }

        return audit.AppendAsync(scope.Transaction, new AuditEntry(kind, person.Id, incident.Name, details), scope.Now);
    }

    private static JsonObject Question(IncidentDetail detail, Person person, Uri? prometheus)
    {
        var incident = detail.Incident;
        var question = new
        {
            incident = new
            {
                incident.Id,
                incident.Name,
                incident.Title,
                incident.Status,
                incident.Severity,
                incident.Environment,
                incident.Service,
                incident.StartedAt,
                incident.Firing,
                incident.Acknowledged,
                incident.Resolved,
            },
            alerts = detail.Alerts.Take(MostAlerts).Select(alert => new
            {
                alert.Source,
                alert.Title,
                alert.Service,
                alert.Severity,
                alert.Status,
                alert.FirstAt,
                alert.LastAt,
                alert.Labels,
                alert.Expression,
            }),
            prometheus = prometheus is null ? null : new { url = prometheus.ToString() },
            person = new { person.Id, person.Name, person.Roles },
        };
        return (JsonObject)JsonSerializer.SerializeToNode(question, OpsBotJson.Options)!;
    }
}
