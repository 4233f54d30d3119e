using OpsBot.Contracts.Actions;
using OpsBot.Contracts.Diagnoses;

namespace OpsBot.Contracts.Memory;

/// <summary>What a resolved incident taught. Kept once an incident; one that is reopened and resolved again is written anew.</summary>
public sealed record Outcome
{
    public required long IncidentId { get; init; }

    public required string Environment { get; init; }

    public string? Service { get; init; }

    public required string Title { get; init; }

    /// <summary>Of its alerts, at most 200.</summary>
    public IReadOnlyList<string> Fingerprints { get; init; } = [];

    /// <summary>The likeliest causes of its last diagnosis, at most 3, ranked.</summary>
    public IReadOnlyList<OutcomeCause> Causes { get; init; } = [];

    /// <summary>Runs that were verified, in the order in which they ended.</summary>
    public IReadOnlyList<OutcomeRun> Fixed { get; init; } = [];

    /// <summary>Runs that were undone, failed or refused.</summary>
    public IReadOnlyList<OutcomeRun> DidNotHelp { get; init; } = [];

    /// <summary>Who resolved it by hand, and the reasons that people gave for approving or refusing.</summary>
    public IReadOnlyList<string> Said { get; init; } = [];

    public required DateTimeOffset ResolvedAt { get; init; }

    /// <summary>From its start by the senders' clocks.</summary>
    public required TimeSpan Duration { get; init; }

    /// <summary>Later incidents whose proposals it informed, each counted once.</summary>
    public int Used { get; init; }

    /// <summary>Those of them in which an action that fixed this one was verified again.</summary>
    public int Helpful { get; init; }
}

/// <summary>A cause as it was ranked.</summary>
public sealed record OutcomeCause(CauseKind Kind, string? Service, string? Change, string Statement);

/// <summary>What became of one run of an action.</summary>
/// <param name="Title">The action's description.</param>
/// <param name="Reason">Why it stands where it stands; null where nobody said.</param>
public sealed record OutcomeRun(
    string Action, string Title, IReadOnlyDictionary<string, string> Arguments, string Target, long ProposalId, long RunId, RunStatus Status,
    string? Reason);

/// <summary>An action that ran in an earlier incident that resembles one. Advice only: it makes nothing run, and spares nobody an approval.</summary>
/// <param name="Likeness">How the two resemble each other: <c>the same alert</c>, <c>same service and similar words, same kind of cause</c>.</param>
/// <param name="Worked">True where it was verified there; false where it was undone, failed or was refused.</param>
/// <param name="Duration">How long the earlier incident took.</param>
public sealed record EarlierFix(long IncidentId, string Likeness, OutcomeRun Run, bool Worked, TimeSpan Duration);
