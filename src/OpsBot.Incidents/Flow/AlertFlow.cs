using OpsBot.Contracts.Events;
using OpsBot.Contracts.Incidents;
using OpsBot.Incidents.Timeline;

namespace OpsBot.Incidents.Flow;

/// <summary>What an alert does to its incident; the rules stand at <see cref="IncidentFlow"/>.</summary>
internal static class AlertFlow
{
    public static FlowResult Apply(IncidentState? state, AlertJoined joined, FlowSettings settings)
    {
        if (state is null && joined.Alert.Status == AlertStatus.Resolved)
            return FlowResult.Nothing(null, "A resolve of an alert that we never heard firing opens nothing.");

        var change = AlertChange.Of(state is null ? null : joined.Previous, joined.Alert);
        var time = SenderClock.TimeOf(joined.Alert);
        var draft = new IncidentDraft(state, state ?? Empty(joined, change, time), joined.At, settings);
        Count(draft, change, joined, time);
        TakeBackByHand(draft, change);
        if (state is null)
        {
            Open(draft, change, joined, time);
            return draft.Result(change.Record);
        }

        var severityMoved = draft.Incident.Severity != state.Incident.Severity;
        if (severityMoved)
            SeverityMoved(draft, state.Incident.Severity, change, time);
        var statusMoved = StatusRules.Settle(draft, time, change, AcknowledgedBy(joined.Alert));
        if (!statusMoved)
            NoteAlert(draft, change, joined, time);
        DiagnosisRequests.Consider(draft, joined.Alert.IsNotice);
        return draft.Result(change.Record);
    }

    private static IncidentState Empty(AlertJoined joined, AlertChange change, DateTimeOffset time) => new(
        new Incident
        {
            Id = joined.IncidentId,
            Environment = joined.Environment,
            Title = change.Record.Title.Length > 0 ? change.Record.Title : $"Alert from {joined.Alert.Source}",
            Status = IncidentStatus.Open,
            Service = change.Record.Service,
            StartedAt = change.Record.FirstAt,
            OpenedAt = joined.At,
            LastEventAt = time,
        },
        new FlowMemory { AlertsBySeverity = new int[(int)SeverityLevel.Unknown + 1] });

    private static void Open(IncidentDraft draft, AlertChange change, AlertJoined joined, DateTimeOffset time)
    {
        draft.Incident = draft.Incident with { Status = StatusRules.StatusOf(draft) };
        draft.Memory = draft.Memory with { ToldSeverity = draft.Incident.Severity };
        draft.Note(time, "opened", TimelineTexts.Opened(change.Record));
        if (draft.Incident.Status == IncidentStatus.Acknowledged)
            StatusRules.Acknowledge(draft, time, AcknowledgedBy(joined.Alert));
        DiagnosisRequests.Opened(draft, joined.Alert.IsNotice);
    }

    private static void Count(IncidentDraft draft, AlertChange change, AlertJoined joined, DateTimeOffset time)
    {
        var incident = draft.Incident;
        AlertStatus? before = change.Before?.Status;
        int Moved(int count, AlertStatus status) =>
            Math.Max(0, count + (change.Record.Status == status ? 1 : 0) - (before == status ? 1 : 0));

        var bySeverity = BySeverity(draft.Memory.AlertsBySeverity, change);
        draft.Memory = draft.Memory with { AlertsBySeverity = bySeverity };
        draft.Incident = incident with
        {
            Firing = Moved(incident.Firing, AlertStatus.Firing),
            Acknowledged = Moved(incident.Acknowledged, AlertStatus.Acknowledged),
            Resolved = Moved(incident.Resolved, AlertStatus.Resolved),
            Events = Math.Min(incident.Events, int.MaxValue - 1) + 1,
            StartedAt = change.Record.FirstAt < incident.StartedAt ? change.Record.FirstAt : incident.StartedAt,
            LastEventAt = time > incident.LastEventAt ? time : incident.LastEventAt,
            Service = incident.Service ?? change.Record.Service,
            Services = WithService(incident.Services, change.Record.Service, draft.Settings),
            Severity = Enum.GetValues<SeverityLevel>().FirstOrDefault(level => bySeverity[(int)level] > 0, SeverityLevel.Unknown),
        };
    }

    private static IReadOnlyList<int> BySeverity(IReadOnlyList<int> counts, AlertChange change)
    {
        SeverityLevel? before = change.Before is null ? null : SeverityLevels.Of(change.Before.Severity);
        if (before == change.Severity)
            return counts;
        var next = new int[(int)SeverityLevel.Unknown + 1];
        for (var level = 0; level < next.Length && level < counts.Count; level++)
            next[level] = counts[level];
        next[(int)change.Severity]++;
        if (before is { } left && next[(int)left] > 0)
            next[(int)left]--;
        return next;
    }

    private static IReadOnlyList<string> WithService(IReadOnlyList<string> services, string? service, FlowSettings settings) =>
        service is null || services.Count >= settings.MaxServices || services.Contains(service, StringComparer.OrdinalIgnoreCase)
            ? services
            : [.. services, service];

    /// <summary>Ends what a person said through OpsBot where the senders have gone beyond it.</summary>
    private static void TakeBackByHand(IncidentDraft draft, AlertChange change)
    {
        var memory = draft.Memory;
        var active = change.Record.Status != AlertStatus.Resolved;
        var moved = change.News is AlertNews.First or AlertNews.Moved;
        if (memory.ResolvedByHandAt is { } resolved && active
            && (moved || (change.News == AlertNews.Repeat && draft.At > resolved + draft.Settings.ResolvedByHandHolds)))
            memory = memory with { ResolvedByHandAt = null };
        if (memory.AcknowledgedByHand is { } acknowledged
            && ((acknowledged != SeverityLevel.Unknown && draft.Incident.Severity < acknowledged)
                || (moved && change.Before?.Status == AlertStatus.Acknowledged && change.Record.Status == AlertStatus.Firing)))
            memory = memory with { AcknowledgedByHand = null };
        draft.Memory = memory;
    }

    private static void SeverityMoved(IncidentDraft draft, SeverityLevel before, AlertChange change, DateTimeOffset time)
    {
        draft.Note(time, "severity", TimelineTexts.Severity(before, draft.Incident.Severity));
        var (told, now) = (draft.Memory.ToldSeverity, draft.Incident.Severity);
        if (now >= told || draft.Incident.Status == IncidentStatus.Resolved || change.Record.Status == AlertStatus.Resolved)
            return;
        draft.Memory = draft.Memory with { ToldSeverity = now };
        // That a sender names a severity at last is no news of its own.
        if (told != SeverityLevel.Unknown)
        {
            draft.Reply(
                FormattableString.Invariant($"severity/{TimelineTexts.Word(now)}/{draft.Incident.Reopened}"),
                ReplyTexts.Severity(told, now, change.Record), "state");
        }
    }

    private static void NoteAlert(IncidentDraft draft, AlertChange change, AlertJoined joined, DateTimeOffset time)
    {
        var alerts = draft.Alerts;
        if (change.News == AlertNews.First && Milestones.Includes(alerts) && alerts > draft.Settings.AlertLines)
            draft.Note(time, "alert", TimelineTexts.Storm(draft.Incident));
        if (alerts > draft.Settings.AlertLines)
            return;
        var text = change.News switch
        {
            AlertNews.First => TimelineTexts.AlertJoined(change.Record, joined.Join),
            AlertNews.Moved => TimelineTexts.AlertMoved(change.Record, change.Before!.Status),
            AlertNews.Late when joined.Alert.Status != change.Record.Status => TimelineTexts.Late(change.Record, joined.Alert),
            _ => null,
        };
        if (text is not null)
            draft.Note(time, change.News == AlertNews.Late ? "late" : "alert", text);
    }

    /// <summary>Who acknowledged at the sender, where the reader of the payload found it.</summary>
    private static string? AcknowledgedBy(AlertReported alert) =>
        alert.Status == AlertStatus.Acknowledged && alert.Facts.TryGetValue("by", out var by) ? PlainText.OneLineOrNull(by, 80) : null;
}
