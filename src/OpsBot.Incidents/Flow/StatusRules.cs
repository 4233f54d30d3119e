using System.Globalization;
using OpsBot.Contracts.Incidents;
using OpsBot.Contracts.Messages;
using OpsBot.Incidents.Timeline;

namespace OpsBot.Incidents.Flow;

/// <summary>Derives the status of an incident from its counts and from what people said, and tells of its changes.</summary>
internal static class StatusRules
{
    // As long as correlation by default still counts a resolved incident's neighbours to it.
    private static readonly TimeSpan Soon = TimeSpan.FromMinutes(5);

    // Told like any other; the next one is told as flapping, and those after it not at all.
    private const int ToldReturns = 2;

    /// <param name="time">When it happened: the sender's time for an alert, ours for a person.</param>
    /// <param name="cause">The alert that the event is about; null for a person.</param>
    /// <param name="by">The person, where one is known.</param>
    /// <returns>True when the status changed.</returns>
    public static bool Settle(IncidentDraft draft, DateTimeOffset time, AlertChange? cause, string? by)
    {
        var before = draft.Incident.Status;
        var after = StatusOf(draft);
        if (after == before)
            return false;
        draft.Incident = draft.Incident with { Status = after };
        if (after == IncidentStatus.Resolved)
            Resolve(draft, time, cause, by);
        else if (before == IncidentStatus.Resolved)
            Reopen(draft, time, cause!);
        else if (after == IncidentStatus.Acknowledged)
            Acknowledge(draft, time, by);
        else
            draft.Note(time, "status", TimelineTexts.Unacknowledged(draft.Incident));
        return true;
    }

    public static IncidentStatus StatusOf(IncidentDraft draft)
    {
        var (incident, memory) = (draft.Incident, draft.Memory);
        if (memory.ResolvedByHandAt is not null || (incident.Firing == 0 && incident.Acknowledged == 0))
            return IncidentStatus.Resolved;
        return incident.Firing == 0 || memory.AcknowledgedByHand is not null ? IncidentStatus.Acknowledged : IncidentStatus.Open;
    }

    public static void Acknowledge(IncidentDraft draft, DateTimeOffset time, string? by)
    {
        var number = draft.Memory.Acknowledgements + 1;
        draft.Memory = draft.Memory with { Acknowledgements = number };
        draft.Note(time, "acknowledged", TimelineTexts.Acknowledged(by));
        draft.Reply(Numbered("acknowledged", number), ReplyTexts.Acknowledged(by), "state");
    }

    private static void Resolve(IncidentDraft draft, DateTimeOffset time, AlertChange? cause, string? by)
    {
        // Alerts resolve in any order; it was over when the last of them was, by the senders' clocks.
        var over = cause is null || draft.Incident.LastEventAt < time ? time : draft.Incident.LastEventAt;
        draft.Incident = draft.Incident with { ResolvedAt = over };
        draft.Memory = draft.Memory with { AcknowledgedByHand = null };
        var person = cause is null ? by : null;
        draft.Note(over, "resolved", TimelineTexts.Resolved(draft.Incident, person));
        // What a person did is news even so.
        if (draft.Memory.QuickReturns <= ToldReturns || cause is null)
            draft.Reply(Numbered("resolved", draft.Incident.Reopened + 1), ReplyTexts.Resolved(draft.Incident, person), "state");
        draft.Send(new RememberOutcome(draft.Incident.Id), TimeSpan.Zero);
    }

    private static void Reopen(IncidentDraft draft, DateTimeOffset time, AlertChange cause)
    {
        var stillFiring = cause.News == AlertNews.Repeat;
        var soon = !stillFiring && time - draft.Incident.ResolvedAt <= Soon;
        var returns = soon ? Math.Min(draft.Memory.QuickReturns, int.MaxValue - 1) + 1 : 0;
        draft.Incident = draft.Incident with { ResolvedAt = null, Reopened = draft.Incident.Reopened + 1 };
        draft.Memory = draft.Memory with { ToldSeverity = draft.Incident.Severity, QuickReturns = returns };
        draft.Note(stillFiring ? draft.At : time, "reopened", TimelineTexts.Reopened(cause.Record, stillFiring));
        if (returns > ToldReturns)
        {
            if (returns == ToldReturns + 1)
                draft.Reply(Numbered("flapping", draft.Incident.Reopened), ReplyTexts.Flapping(cause.Record, returns), "state");
            return;
        }

        draft.Reply(
            Numbered("reopened", draft.Incident.Reopened), ReplyTexts.Reopened(cause.Record, draft.Incident.Status, stillFiring), "state");
        DiagnosisRequests.Reopened(draft);
    }

    private static string Numbered(string what, int number) => string.Create(CultureInfo.InvariantCulture, $"{what}/{number}");
}
