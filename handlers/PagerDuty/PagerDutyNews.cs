using System.Globalization;
using System.Text;
using Microsoft.Extensions.Options;
using OpsBot.Actions.People;
using OpsBot.Chat.Cards;
using OpsBot.Chat.PagerDuty;
using OpsBot.Contracts.Diagnoses;
using OpsBot.Contracts.Events;
using OpsBot.Contracts.Incidents;
using OpsBot.Contracts.Messages;
using OpsBot.Storage.Incidents;
using OpsBot.Storage.Messages;

namespace OpsBot.Handlers.PagerDuty;

/// <summary>What PagerDuty is told, where it is asked for: the diagnosis, and that a person has taken on what it pages for.</summary>
public sealed class PagerDutyNews(IOptions<PagerDutyOptions> options) : IHumanActs
{
    private const string Source = "pagerduty";

    // What is diagnosed again and again is news on the card; a pager's notes stay few.
    private const int MostNotes = 3;
    private const int MostIncidents = 20;

    /// <summary>A diagnosis that named a cause, or the first that did not.</summary>
    public void Diagnosed(IncidentDetail detail, int generation, DiagnosisReport report, EffectScope scope)
    {
        if (!options.Value.Notes || generation > MostNotes || (report.Causes.Count == 0 && generation > 1))
            return;
        foreach (var alert in Its(detail.Alerts))
            Tell(detail.Incident.Id, alert, "note", FormattableString.Invariant($"diagnosis/{generation}"), Note(detail.Incident, report), scope);
    }

    /// <summary>What is still triggered there is acknowledged.</summary>
    public async Task ActedOnAsync(long incidentId, EffectScope scope)
    {
        if (!options.Value.Acknowledge)
            return;
        foreach (var alert in Its(await AlertMoves.AlertsOfAsync(scope.Transaction, incidentId)).Where(alert => alert.Status == AlertStatus.Firing))
            Tell(incidentId, alert, "acknowledge", "acknowledge", "", scope);
    }

    private static IEnumerable<IncidentAlert> Its(IEnumerable<IncidentAlert> alerts) =>
        alerts.Where(alert => alert.Source == Source && alert.Status != AlertStatus.Resolved).Take(MostIncidents);

    private static void Tell(long incidentId, IncidentAlert alert, string what, string name, string text, EffectScope scope) => scope.Follow(NewMessage.Of(
        new TellPagerDuty(incidentId, $"{Names.Incident(incidentId)}/pagerduty/{alert.IncidentKey}/{name}", alert.IncidentKey, what, text), $"pagerduty/tell/{alert.IncidentKey}"));

    private static string Note(Incident incident, DiagnosisReport report)
    {
        var text = new StringBuilder($"OpsBot {incident.Name}: ");
        if (report.Causes.Count == 0)
            return text.Append("no cause is named. ").Append(report.SummaryWithoutRunbook()).ToString();
        foreach (var cause in report.Causes.OrderBy(cause => cause.Rank).Take(2))
            text.Append(CultureInfo.InvariantCulture, $"{(cause.Rank == 1 ? "likely cause" : "less likely")} ({Wording.Percent(cause.Confidence)}): {cause.Statement} [{string.Join(", ", cause.Evidence.Take(5))}]\n");
        if (report.Runbook is { } runbook)
            text.Append(CultureInfo.InvariantCulture, $"Runbook: {runbook.Title}");
        return text.ToString().TrimEnd();
    }
}
