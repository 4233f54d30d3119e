using OpsBot.Contracts.Events;
using OpsBot.Contracts.Incidents;
using OpsBot.Incidents.Timeline;

namespace OpsBot.Incidents.Flow;

/// <summary>What it does to an incident that a person gave it alerts or took some away: everything that is counted is counted anew.</summary>
internal static class RegroupFlow
{
    public static FlowResult Apply(IncidentState? state, AlertsRegrouped moved, FlowSettings settings)
    {
        if (state is null && moved.Alerts.Count == 0)
            throw new ArgumentException("An incident is opened of alerts, and there are none.", nameof(moved));
        var draft = new IncidentDraft(state, state ?? Empty(moved), moved.At, settings);
        var by = PlainText.OneLine(moved.By, 80);
        Recount(draft, moved.Alerts);
        draft.ShowCard();
        draft.Note(moved.At, state is null ? "opened" : "regrouped", $"{moved.Words} by {by}");
        if (state is null)
        {
            draft.Incident = draft.Incident with { Status = StatusRules.StatusOf(draft) };
            draft.Memory = draft.Memory with { ToldSeverity = draft.Incident.Severity };
            DiagnosisRequests.Opened(draft);
            return draft.Result();
        }

        draft.Reply(FormattableString.Invariant($"regrouped/{moved.At.ToUnixTimeMilliseconds()}"), $"{moved.Words} by {by}.", "state");
        if (moved.Alerts.Count == 0)
        {
            // Nothing is left of it: it is over, and has taught nothing.
            draft.Incident = draft.Incident with { Status = IncidentStatus.Resolved, ResolvedAt = moved.At };
            return draft.Result();
        }

        StatusRules.Settle(draft, moved.At, null, by);
        DiagnosisRequests.Consider(draft);
        return draft.Result();
    }

    private static void Recount(IncidentDraft draft, IReadOnlyList<IncidentAlert> alerts)
    {
        var bySeverity = new int[(int)SeverityLevel.Unknown + 1];
        foreach (var alert in alerts)
            bySeverity[(int)SeverityLevels.Of(alert.Severity)]++;
        var services = alerts.Select(alert => alert.Service).OfType<string>().Distinct(StringComparer.OrdinalIgnoreCase).Take(draft.Settings.MaxServices).ToList();
        draft.Memory = draft.Memory with { AlertsBySeverity = bySeverity };
        draft.Incident = draft.Incident with
        {
            Firing = alerts.Count(alert => alert.Status == AlertStatus.Firing),
            Acknowledged = alerts.Count(alert => alert.Status == AlertStatus.Acknowledged),
            Resolved = alerts.Count(alert => alert.Status == AlertStatus.Resolved),
            Services = services,
            Service = draft.Incident.Service is { } service && services.Contains(service, StringComparer.OrdinalIgnoreCase) ? service : services.FirstOrDefault(),
            StartedAt = alerts.Select(alert => alert.FirstAt).DefaultIfEmpty(draft.Incident.StartedAt).Min(),
            LastEventAt = alerts.Select(alert => alert.LastAt).DefaultIfEmpty(draft.Incident.LastEventAt).Max(),
            Severity = Enum.GetValues<SeverityLevel>().FirstOrDefault(level => bySeverity[(int)level] > 0, SeverityLevel.Unknown),
        };
    }

    private static IncidentState Empty(AlertsRegrouped moved)
    {
        var first = moved.Alerts.MinBy(alert => alert.FirstAt)!;
        return new IncidentState(
            new Incident
            {
                Id = moved.IncidentId,
                Environment = moved.Environment,
                Title = first.Title.Length > 0 ? first.Title : $"Alert from {first.Source}",
                Status = IncidentStatus.Open,
                Service = first.Service,
                StartedAt = first.FirstAt,
                OpenedAt = moved.At,
                LastEventAt = first.LastAt,
                Events = moved.Alerts.Count,
            },
            new FlowMemory { AlertsBySeverity = new int[(int)SeverityLevel.Unknown + 1] });
    }
}
