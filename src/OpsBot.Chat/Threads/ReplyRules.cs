using OpsBot.Chat.Cards;
using OpsBot.Contracts.Incidents;
using OpsBot.Contracts.Messages;

namespace OpsBot.Chat.Threads;

/// <summary>
/// Which changes of an incident deserve a reply. Most do not: the card shows them. A reply's delivery id is made from what
/// it says, so that planning the same change twice gives one reply.
/// </summary>
public static class ReplyRules
{
    /// <summary>Replies for a change of state. Opening needs none: the card itself is the news.</summary>
    /// <param name="before">The incident as it was; null when it was opened just now.</param>
    public static IReadOnlyList<PostReply> ForChange(Incident? before, Incident after)
    {
        if (before is null) return [];
        var replies = new List<PostReply>();
        if (after.Reopened > before.Reopened)
        {
            replies.Add(Reply(after, $"reopened/{after.Reopened}", "state", $"{after.Name} is open again: {Title(after)}."));
        }

        if (IsWorse(before.Severity, after.Severity) && after.Status != IncidentStatus.Resolved)
        {
            replies.Add(Reply(after, $"severity/{Wording.Word(after.Severity)}", "state",
                $"Severity is now {Wording.Word(after.Severity)} (was {Wording.Word(before.Severity)})."));
        }

        if (after.Status == IncidentStatus.Resolved && before.Status != IncidentStatus.Resolved)
        {
            var length = Wording.Length((after.ResolvedAt ?? after.LastEventAt) - after.StartedAt);
            replies.Add(Reply(after, $"resolved/{after.Reopened}", "state", $"{after.Name} is resolved after {length}."));
        }

        return replies;
    }

    /// <summary>
    /// A reply for the first diagnosis, and one for the first that names a cause where the first named none. Later ones only edit the card.
    /// </summary>
    /// <param name="before">The diagnosis that was shown until now, if any.</param>
    public static IReadOnlyList<PostReply> ForDiagnosis(Incident incident, StoredDiagnosis? before, StoredDiagnosis after)
    {
        var top = after.Report.Causes.MinBy(c => c.Rank);
        if (before is not null && (before.Report.Causes.Count > 0 || top is null)) return [];
        if (top is null)
        {
            return [Reply(incident, "diagnosis/none", "diagnosis", $"No cause named. {PlainText.Line(after.Report.Summary, CardLimits.Statement)}")];
        }

        var runbook = after.Report.Runbook is { } r ? $" Runbook: {PlainText.Line(r.Title, CardLimits.Title)}." : "";
        return
        [
            Reply(incident, "diagnosis/cause", "diagnosis",
                $"Likely cause ({Wording.Percent(top.Confidence)}): {PlainText.Line(top.Statement, CardLimits.Statement)} "
                + $"[{string.Join(", ", top.Evidence.Take(CardLimits.Evidence))}]{runbook}"),
        ];
    }

    // a first word of severity is only news where it is one to get up for
    private static bool IsWorse(SeverityLevel before, SeverityLevel after) => before == SeverityLevel.Unknown
        ? after is SeverityLevel.Critical or SeverityLevel.High
        : after < before;

    private static string Title(Incident incident) => CardBuilder.TitleOf(incident).Value;

    private static PostReply Reply(Incident incident, string what, string kind, string text) =>
        new(incident.Id, $"{incident.Name}/{what}".Replace(' ', '-'), PlainText.Line(text, CardLimits.Reply).Value, kind);
}
