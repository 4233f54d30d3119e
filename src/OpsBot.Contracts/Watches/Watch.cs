using System.Globalization;
using System.Text.Json.Serialization;
using OpsBot.Contracts.Threads;

namespace OpsBot.Contracts.Watches;

/// <summary>Where a watch stands.</summary>
public enum WatchStatus
{
    Running,
    Paused,
    Ended,
}

/// <summary>How a watch came out.</summary>
public enum WatchOutcome
{
    /// <summary>What was hoped for came, or what was to hold held.</summary>
    Good,

    /// <summary>It did not.</summary>
    Bad,

    /// <summary>Nobody can tell: too little was seen, or a person ended it.</summary>
    Unknown,
}

/// <summary>How a watch ended, in words.</summary>
public sealed record WatchVerdict(WatchOutcome Outcome, string Text, DateTimeOffset At);

/// <summary>What is wrong with what is watched, for as long as it is.</summary>
/// <param name="Kind">One word: <c>violated</c>, <c>blind</c>, <c>non-finite</c>, <c>hang</c>, …</param>
/// <param name="Severity">As senders write it: <c>high</c>, <c>warning</c>.</param>
/// <param name="Facts">What an action against it may need: <c>node</c>, <c>rank</c>; null for nothing.</param>
public sealed record WatchProblem(string Kind, string Text, string Severity = "high", IReadOnlyDictionary<string, string>? Facts = null);

/// <summary>What the last ticks saw, small enough to be read and written with every one.</summary>
/// <param name="Text">In one line.</param>
/// <param name="Value">The newest value; null where none was seen.</param>
/// <param name="PReach">Chance that the target is reached, 0 to 1; null where nobody can tell.</param>
/// <param name="ReachStep">Step at which it is expected to be.</param>
/// <param name="Times">Of the curve: Unix milliseconds, or steps where the curve goes by steps; ascending.</param>
/// <param name="Values">One for each time; null where there was none.</param>
/// <param name="BySteps">The curve goes by training steps and not by time.</param>
/// <param name="Label">What the curve shows; null where that is what the watch is called.</param>
/// <param name="Others">Further curves over the same times, a few at most; null for none.</param>
public sealed record WatchReading(
    string Text, double? Value, double? PReach, long? ReachStep, IReadOnlyList<long> Times, IReadOnlyList<double?> Values, bool BySteps = false,
    string? Label = null, IReadOnlyList<WatchCurve>? Others = null)
{
    public static WatchReading None { get; } = new("nothing seen yet", null, null, null, [], []);
}

/// <summary>A curve beside the first one.</summary>
/// <param name="Values">One for each time of the reading; null where there was none.</param>
public sealed record WatchCurve(string Label, IReadOnlyList<double?> Values);

/// <summary>A durable observation with a deadline: one row, as it was last written.</summary>
public sealed record Watch
{
    public required long Id { get; init; }

    public string Name => WatchNames.Watch(Id);

    /// <summary>What it is called in front of people; from outside, and redacted.</summary>
    public required string Title { get; init; }

    /// <summary>What sort of thing is observed: <c>query</c>, <c>training</c>.</summary>
    public required string Kind { get; init; }

    /// <summary>What exactly, as JSON of the kind's own.</summary>
    public required string Spec { get; init; }

    public required WatchStatus Status { get; init; }

    public required TimeSpan Interval { get; init; }

    public required DateTimeOffset Deadline { get; init; }

    /// <summary>So many intervals without data are a finding.</summary>
    public required int BlindAfter { get; init; }

    /// <summary>Id of the person who began it, or <c>configuration</c>.</summary>
    public required string Owner { get; init; }

    public required string Environment { get; init; }

    public string? Service { get; init; }

    /// <summary>Where it was asked for; null for none.</summary>
    public ChatPlace? Place { get; init; }

    /// <summary>The incident in whose thread it was asked for; null where it opens one of its own when it has something to report.</summary>
    public long? AttachedTo { get; init; }

    /// <summary>It has a thread of its own from its first look on, and not only once something is wrong.</summary>
    public bool OwnThread { get; init; }

    /// <summary>Its name in the configuration; null for one that a person began.</summary>
    public string? Declared { get; init; }

    /// <summary>What of the declaration it observes, so that one event begins one watch: the key of a training job, the time of a cron.</summary>
    public string? Subject { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Ticks that were done; the next one is this number.</summary>
    public long Tick { get; init; }

    public DateTimeOffset? LastTickAt { get; init; }

    /// <summary>When the next tick is due; null where none is to come.</summary>
    public DateTimeOffset? NextDueAt { get; init; }

    /// <summary>Ticks that were due while nobody was there to do them, and were done as one.</summary>
    public long Missed { get; init; }

    /// <summary>How late the latest tick was.</summary>
    public TimeSpan Latest { get; init; }

    /// <summary>Ticks in a row that saw nothing.</summary>
    public int Blind { get; init; }

    public WatchReading Reading { get; init; } = WatchReading.None;

    /// <summary>What is wrong at the moment.</summary>
    public IReadOnlyList<WatchProblem> Problems { get; init; } = [];

    public WatchVerdict? Verdict { get; init; }

    /// <summary>Things that it has said in a thread.</summary>
    public int Said { get; init; }

    /// <summary>Counted up when it is paused or resumed: a timer of before is nobody's.</summary>
    [JsonIgnore]
    public long Generation { get; init; }

    /// <summary>Where the next observation begins, as the kind has it.</summary>
    [JsonIgnore]
    public string? Cursor { get; init; }

    /// <summary>What the judge remembers, as the kind has it.</summary>
    [JsonIgnore]
    public string? State { get; init; }
}

/// <summary>Something that a watch found at one of its ticks, or that ended then.</summary>
/// <param name="Kind">As <see cref="WatchProblem.Kind"/>; <c>late</c> where it is about the watch itself.</param>
/// <param name="Change">Whether it began, ended, or was only worth a note.</param>
public sealed record WatchFinding(long Tick, string Kind, WatchChange Change, DateTimeOffset At, string Text);

public enum WatchChange
{
    Began,
    Ended,
    Noted,
}

/// <summary>How watches are called in front of people.</summary>
public static class WatchNames
{
    private const string Prefix = "WATCH-";

    public static string Watch(long id) => string.Create(CultureInfo.InvariantCulture, $"{Prefix}{id}");

    /// <summary>Reads <c>WATCH-12</c>, <c>watch-12</c>, <c>W-12</c> or <c>12</c>.</summary>
    public static bool TryParse(string text, out long id)
    {
        var digits = text.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase) ? text[Prefix.Length..]
            : text.StartsWith("W-", StringComparison.OrdinalIgnoreCase) ? text[2..] : text;
        return long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out id) && id > 0;
    }

    /// <summary>The key of the alert that a watch raises, and so of its incident.</summary>
    public static string AlertKey(long id) => string.Create(CultureInfo.InvariantCulture, $"watch/{id}");

    /// <summary>Reads what <see cref="AlertKey"/> wrote.</summary>
    public static bool TryParseAlertKey(string key, out long id)
    {
        id = 0;
        return key.StartsWith("watch/", StringComparison.Ordinal) && long.TryParse(key.AsSpan(6), NumberStyles.None, CultureInfo.InvariantCulture, out id);
    }

    /// <summary>The sender of that alert.</summary>
    public const string AlertSource = "watch";
}
