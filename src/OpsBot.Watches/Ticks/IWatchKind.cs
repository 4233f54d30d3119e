using OpsBot.Contracts.Watches;
using OpsBot.Storage.Messages;

namespace OpsBot.Watches.Ticks;

/// <summary>What one observation came to. Lives between looking and judging; what is to be kept goes into the judge's state.</summary>
/// <param name="Saw">There was something to look at. False is blindness, whatever it is due to.</param>
/// <param name="Note">Why nothing was seen, or what a person should know of what was.</param>
/// <param name="Cursor">Where the next observation begins.</param>
public record WatchObservation(bool Saw, string? Note, string? Cursor);

/// <summary>What a judge makes of an observation.</summary>
/// <param name="State">What it wants to remember; at most <see cref="WatchLimits.State"/> characters.</param>
/// <param name="Problems">Everything that is wrong at this moment, each kind once. What is not in it any more is over.</param>
/// <param name="Notes">What is worth a line and is no problem: a spike that recovered, a new best.</param>
/// <param name="Verdict">How it came out; null while it goes on. At the deadline there is one.</param>
public sealed record WatchJudgement(
    string? State, WatchReading Reading, IReadOnlyList<WatchProblem> Problems, IReadOnlyList<(string Kind, string Text)> Notes, WatchVerdict? Verdict);

/// <summary>A sort of thing that can be watched. Looking is I/O and outside of any transaction; judging is pure.</summary>
public interface IWatchKind
{
    /// <summary>As in <see cref="Watch.Kind"/>.</summary>
    string Kind { get; }

    /// <summary>What its looks wait for, so that one that answers slowly holds up its own watches only.</summary>
    string Lane(Watch watch) => Kind;

    /// <summary>Looks once. What the outside does to it is in the observation and not thrown.</summary>
    Task<WatchObservation> ObserveAsync(Watch watch, CancellationToken cancellationToken);

    /// <summary>Pure: the same watch, observation and time give the same judgement.</summary>
    WatchJudgement Judge(Watch watch, WatchObservation observation, DateTimeOffset now);

    /// <summary>A watch came to its end with a verdict; what is to outlive it is written now, in the tick's own transaction.</summary>
    /// <param name="incident">The incident in whose thread it spoke; null for none.</param>
    Task EndedAsync(Watch watch, long? incident, EffectScope scope) => Task.CompletedTask;
}

/// <summary>How much a watch may be.</summary>
public static class WatchLimits
{
    /// <summary>Characters of a judge's state: it is read and written with every tick.</summary>
    public const int State = 256_000;

    public const int Text = 400;

    public const int Title = 160;

    /// <summary>Points of a curve that is kept; more are thinned out.</summary>
    public const int Points = 120;

    public const int Problems = 10;

    public const int Spec = 8_000;

    public static readonly TimeSpan ShortestInterval = TimeSpan.FromSeconds(5);

    public static readonly TimeSpan LongestInterval = TimeSpan.FromDays(1);

    public static readonly TimeSpan Longest = TimeSpan.FromDays(31);
}
