using System.Text.Json;
using OpsBot.Contracts;
using OpsBot.Contracts.Events;
using OpsBot.Contracts.Incidents;
using OpsBot.Contracts.Messages;
using OpsBot.Contracts.Watches;
using OpsBot.Storage.Messages;
using OpsBot.Storage.Watches;

namespace OpsBot.Watches.Ticks;

/// <summary>
/// What people hear of a watch. One that was asked for in the thread of an incident speaks there, a few times at most. Any other is silent while all is well,
/// unless it is to have a thread of its own: then a notice opens that with the first look, and its card shows how it goes. What is wrong is an alert with an
/// incident of its own, with card, thread, mutes and proposals like any, and is resolved when it is over. The verdict is said in the watch's thread where it has
/// one, and where it was asked for.
/// </summary>
public static class WatchNews
{
    /// <summary>Things that a watch says in the thread of an incident that is about more than the watch; the verdict comes on top.</summary>
    internal const int Replies = 4;

    /// <summary>Of its replies; they come with the curve.</summary>
    public const string ReplyKind = "watch";

    // The curve on a card that people look at because something is wrong.
    private const int CardEvery = 5;

    /// <returns>The watch with what it said counted, and the rows that say it.</returns>
    internal static async Task<(Watch Watch, List<NewMessage> Said)> TellAsync(Watch before, TickResult result, EffectScope scope)
    {
        var watch = result.Watch;
        var said = new List<NewMessage>();
        if (watch.AttachedTo is { } attached)
        {
            if (result.ProblemsMoved && watch.Verdict is null && watch.Said < Replies)
            {
                said.Add(Reply(attached, watch, FormattableString.Invariant($"tick/{before.Tick}"), Words(watch, result.Findings)));
                watch = watch with { Said = watch.Said + 1 };
            }

            if (watch.Verdict is { } verdict)
                said.Add(Reply(attached, watch, "verdict", $"{Head(watch)} ended: {verdict.Text}"));
            AddCard(attached, watch, result, said);
            return (watch, said);
        }

        if (watch.OwnThread && before.Tick == 0)
            said.Add(Alert(watch with { Problems = [], Verdict = null }, scope.Now));
        if (result.ProblemsMoved || (watch.Verdict is not null && (before.Problems.Count > 0 || watch.OwnThread)))
            said.Add(Alert(watch, scope.Now));
        if (watch.Verdict is { } end)
        {
            if (await WatchTable.IncidentAsync(scope.Transaction, watch.Id) is { } own)
            {
                said.Add(Reply(own, watch, "verdict", $"{Head(watch)} ended: {end.Text}"));
                watch = watch with { Said = watch.Said + 1 };
            }

            // whoever asked waits for it there, and need not know of a thread that was opened meanwhile
            if (watch.Place is { } place)
                said.Add(Answer(watch, place, $"{Head(watch)} ended: {end.Text}"));
        }
        else if ((before.Problems.Count > 0 || watch.OwnThread) && await WatchTable.IncidentAsync(scope.Transaction, watch.Id) is { } open)
        {
            AddCard(open, watch, result, said);
        }

        return (watch, said);
    }

    /// <summary>The alert of a watch was correlated. One that began with its verdict had no thread to say that in until now.</summary>
    public static async Task TellLateAsync(AlertReported alert, EffectScope scope)
    {
        if (alert is not { Source: WatchNames.AlertSource, Status: AlertStatus.Firing } || !WatchNames.TryParseAlertKey(alert.IncidentKey, out var id)
            || await WatchTable.FindAsync(scope.Transaction, id) is not { Verdict: { } verdict, Said: 0, AttachedTo: null } watch
            || await WatchTable.IncidentAsync(scope.Transaction, id) is not { } own)
        {
            return;
        }

        scope.Follow(Reply(own, watch, "verdict", $"{Head(watch)} ended: {verdict.Text}"));
    }

    /// <summary>What a person did to a watch, in the thread that is about it.</summary>
    internal static NewMessage Reply(long incident, Watch watch, string name, string text) => NewMessage.Of(
        new PostReply(incident, $"{Names.Incident(incident)}/{watch.Name}/{name}", text, ReplyKind) { About = About(watch) }, Streams.Thread(incident));

    /// <summary>The alert of a watch as it stands: firing while anything is wrong.</summary>
    internal static NewMessage Alert(Watch watch, DateTimeOffset now)
    {
        // A watch that ended well or that nobody wants any more has nothing to alert of; one with a thread of its own keeps it open while it runs.
        var isWrong = watch.Problems.Count > 0 && watch.Verdict?.Outcome is not WatchOutcome.Good;
        var isNotice = !isWrong && watch is { OwnThread: true, Verdict: null };
        var firing = isWrong || isNotice;
        var worst = watch.Problems.OrderBy(problem => SeverityLevels.Of(problem.Severity)).FirstOrDefault();
        var alert = new AlertReported
        {
            Source = WatchNames.AlertSource,
            Event = isNotice ? "watch.runs" : firing ? "watch.problem" : "watch.recovered",
            IsNotice = isNotice,
            IncidentKey = WatchNames.AlertKey(watch.Id),
            // what has a thread of its own shares it with no other
            Fingerprint = $"watch/{watch.Declared ?? watch.Title}{(watch is { OwnThread: true, Subject: { } subject } ? $"/{subject}" : "")}",
            Status = firing ? AlertStatus.Firing : AlertStatus.Resolved,
            Title = worst is null ? watch.Title : $"{watch.Title}: {worst.Text}",
            Service = watch.Service,
            Severity = isNotice ? "info" : worst?.Severity ?? "high",
            Environment = watch.Environment.Length > 0 ? watch.Environment : null,
            Summary = watch.Verdict?.Text ?? watch.Reading.Text,
            Description = string.Join('\n', watch.Problems.Select(problem => $"{problem.Kind}: {problem.Text}")),
            Labels = new Dictionary<string, string> { ["watch"] = watch.Name, ["kind"] = watch.Kind },
            OccurredAt = now,
            StartedAt = now,
            EndedAt = firing ? null : now,
            ReceivedAt = now,
        };
        return new NewMessage(
            AlertReported.Kind, $"{alert.Source}/{alert.IncidentKey}", JsonSerializer.Serialize(alert, OpsBotJson.Options), alert.Source, TimeSpan.Zero, Coalesce: false);
    }

    internal static NewMessage Answer(Watch watch, Contracts.Threads.ChatPlace place, string text) => NewMessage.Of(
        new PostAnswer($"{watch.Name}/verdict", place, text, OnlyAsker: false, AskerId: "", ReplyHandle: null, [], Form: null) { About = About(watch) }, $"answer/watch/{watch.Id}");

    private static void AddCard(long incident, Watch watch, TickResult result, List<NewMessage> said)
    {
        if (result.Findings.Count > 0 || watch.Verdict is not null || watch.Tick % CardEvery == 0)
            said.Add(NewMessage.Of(new UpdateCard(incident), Streams.Thread(incident), coalesce: true));
    }

    private static IReadOnlyList<string> About(Watch watch) => watch.Service is { } service ? [service] : [];

    private static string Head(Watch watch) => $"{watch.Name} ({watch.Title})";

    private static string Words(Watch watch, IReadOnlyList<WatchFinding> findings) =>
        $"{Head(watch)}: {string.Join("; ", findings.Where(finding => finding.Change != WatchChange.Noted).Take(3).Select(finding => finding.Text))}";
}
