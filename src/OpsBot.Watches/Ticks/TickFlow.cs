using System.Globalization;
using OpsBot.Contracts.Watches;

namespace OpsBot.Watches.Ticks;

/// <summary>What a tick does to its watch. Pure.</summary>
/// <param name="Watch">As it is after the tick.</param>
/// <param name="Findings">What began, ended or is worth a note.</param>
internal sealed record TickResult(Watch Watch, IReadOnlyList<WatchFinding> Findings)
{
    /// <summary>What is wrong is not what it was before: whoever hears of the watch's problems has to be told.</summary>
    public bool ProblemsMoved { get; init; }
}

/// <summary>One tick, from what was observed to what follows.</summary>
internal static class TickFlow
{
    public const string BlindKind = "blind";
    public const string LateKind = "late";

    public static TickResult Apply(Watch watch, IWatchKind kind, WatchObservation observation, DateTimeOffset now)
    {
        var plan = TickPlan.After(watch.NextDueAt ?? now, watch.Interval, watch.Deadline, now);
        var blind = observation.Saw ? 0 : watch.Blind + 1;
        var judged = Judge(watch with { Blind = blind }, kind, observation, now);
        var problems = Bounded(blind < watch.BlindAfter ? judged.Problems : [.. judged.Problems, Blind(watch, blind, observation.Note)]);
        var findings = Changes(watch, problems, judged, plan, now).ToList();
        var verdict = judged.Verdict ?? (plan.Next is null ? Undecided(watch, blind, now) : null);
        return new TickResult(
            watch with
            {
                Status = verdict is null ? WatchStatus.Running : WatchStatus.Ended,
                Tick = watch.Tick + 1,
                LastTickAt = now,
                NextDueAt = verdict is null ? plan.Next : null,
                Missed = watch.Missed + plan.Missed,
                Latest = plan.Late > watch.Latest ? plan.Late : watch.Latest,
                Blind = blind,
                Cursor = observation.Cursor ?? watch.Cursor,
                State = judged.State,
                Reading = judged.Reading,
                Problems = problems,
                Verdict = verdict is null ? null : verdict with { Text = Cut(WithLateness(verdict.Text, watch.Missed + plan.Missed)) },
            },
            findings)
        {
            ProblemsMoved = !problems.Select(problem => (problem.Kind, problem.Severity)).SequenceEqual(watch.Problems.Select(problem => (problem.Kind, problem.Severity))),
        };
    }

    /// <summary>A judge that fails is as good as blind, and says why: it must not take the watch with it.</summary>
    private static WatchJudgement Judge(Watch watch, IWatchKind kind, WatchObservation observation, DateTimeOffset now)
    {
        try
        {
            var judged = kind.Judge(watch, observation, now);
            if (judged.State is { Length: > WatchLimits.State } state)
                throw new InvalidOperationException($"its memory of {state.Length} characters is larger than {WatchLimits.State}");
            return judged;
        }
        catch (Exception failure) when (failure is not OutOfMemoryException)
        {
            return new WatchJudgement(
                watch.State, watch.Reading,
                [.. watch.Problems.Where(problem => problem.Kind is not (BlindKind or "unjudged")), new WatchProblem("unjudged", Cut($"what was seen could not be judged: {failure.Message}"), "warning")],
                [], null);
        }
    }

    private static WatchProblem Blind(Watch watch, int blind, string? note) => new(
        BlindKind,
        Cut(string.Create(CultureInfo.InvariantCulture, $"no data for {blind} intervals of {Words(watch.Interval)}{(note is { Length: > 0 } ? $": {note}" : "")}")),
        "warning");

    private static IEnumerable<WatchFinding> Changes(Watch watch, IReadOnlyList<WatchProblem> problems, WatchJudgement judged, TickPlan plan, DateTimeOffset now)
    {
        if (plan.Missed > 0)
        {
            yield return new WatchFinding(watch.Tick, LateKind, WatchChange.Noted, now, string.Create(
                CultureInfo.InvariantCulture, $"this tick came {Words(plan.Late)} late; {plan.Missed} that were due meanwhile are one with it: OpsBot was not running, or had no time"));
        }

        foreach (var problem in problems.Where(problem => watch.Problems.All(before => before.Kind != problem.Kind)))
            yield return new WatchFinding(watch.Tick, problem.Kind, WatchChange.Began, now, Cut(problem.Text));
        foreach (var before in watch.Problems.Where(before => problems.All(problem => problem.Kind != before.Kind)))
            yield return new WatchFinding(watch.Tick, before.Kind, WatchChange.Ended, now, Cut($"over: {before.Text}"));
        foreach (var (kind, text) in judged.Notes.DistinctBy(note => note.Kind).Take(WatchLimits.Problems))
            yield return new WatchFinding(watch.Tick, kind, WatchChange.Noted, now, Cut(text));
    }

    private static IReadOnlyList<WatchProblem> Bounded(IReadOnlyList<WatchProblem> problems) =>
        [.. problems.DistinctBy(problem => problem.Kind).Take(WatchLimits.Problems).Select(problem => problem with { Text = Cut(problem.Text) })];

    /// <summary>Its time was over while it was paused.</summary>
    public static TickResult EndPaused(Watch watch, DateTimeOffset now) => new(
        watch with
        {
            Status = WatchStatus.Ended,
            NextDueAt = null,
            Verdict = new WatchVerdict(WatchOutcome.Unknown, Cut($"its time was over while it was paused; last seen: {watch.Reading.Text}"), now),
        },
        []);

    /// <summary>The time is over, and nobody can tell.</summary>
    internal static WatchVerdict Undecided(Watch watch, int blind, DateTimeOffset now) => new(
        WatchOutcome.Unknown,
        blind > 0 ? $"the time is over and nobody can tell: the last {blind} looks saw nothing" : $"the time is over; last seen: {watch.Reading.Text}", now);

    /// <summary>Whoever reads a verdict should know that nobody looked all the time.</summary>
    private static string WithLateness(string text, long missed) => missed == 0
        ? text
        : string.Create(CultureInfo.InvariantCulture, $"{text} (nobody looked at {missed} of the times that were due)");

    internal static string Words(TimeSpan time) => time switch
    {
        { TotalSeconds: < 120 } => string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0.#} s"),
        { TotalMinutes: < 120 } => string.Create(CultureInfo.InvariantCulture, $"{time.TotalMinutes:0.#} min"),
        { TotalHours: < 48 } => string.Create(CultureInfo.InvariantCulture, $"{time.TotalHours:0.#} h"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{time.TotalDays:0.#} d"),
    };

    internal static string Cut(string text) => text.Length <= WatchLimits.Text
        ? text
        : text[..(char.IsHighSurrogate(text[WatchLimits.Text - 2]) ? WatchLimits.Text - 2 : WatchLimits.Text - 1)] + "…";
}
