using System.Text.Json;
using OpsBot.Actions.Catalog;
using OpsBot.Contracts;
using OpsBot.Contracts.Actions;

namespace OpsBot.Actions.Execution;

/// <summary>What the execution remembers of a run beside what is shown of it. Committed with each step.</summary>
internal sealed record RunJournal
{
    /// <summary>Digest of the command's spec, as it lies in the run's folder.</summary>
    public string? RunSpec { get; init; }

    /// <summary>Digest of the undo as it was approved; its fence is put in when it is needed.</summary>
    public string? UndoDraft { get; init; }

    /// <summary>Digest of the undo's spec, once undoing is intended.</summary>
    public string? UndoSpec { get; init; }

    /// <summary>Longest run of the command and of its undo, should their supervisor not live to keep it.</summary>
    public long RunLimitMs { get; init; }

    public long UndoLimitMs { get; init; }

    /// <summary>What was wrong with how the command ended; null where it ended well, or where only a probe or a person said that it was done.</summary>
    public string? Trouble { get; init; }

    /// <summary>Seen at work: whatever becomes of the folder, the command is never started again.</summary>
    public bool RunSeen { get; init; }

    public bool UndoSeen { get; init; }

    /// <summary>How its command is followed; null where only its end is of interest.</summary>
    public LongRun? Long { get; init; }

    /// <summary>The command is on another machine.</summary>
    public bool IsRemote { get; init; }

    /// <summary>What the thread was told of the command while it was at work.</summary>
    public ToldOfRun Told { get; init; } = new();

    /// <summary>How often somebody took it up again after its row was given up.</summary>
    public int TakenUpAgain { get; init; }

    /// <summary>Why the run is to be undone although it had ended; null where it is not.</summary>
    public string? UndoBecause { get; init; }

    /// <summary>Who asked for it, where a person did.</summary>
    public string? UndoAskedBy { get; init; }

    public static RunJournal Read(string json) => JsonSerializer.Deserialize<RunJournal>(json, OpsBotJson.Options) ?? new RunJournal();

    public string ToJson() => JsonSerializer.Serialize(this, OpsBotJson.Options);
}

/// <summary>What was said of a long command, so that it is not said again.</summary>
/// <param name="Fitting">Lines worth a word that were spoken of.</param>
/// <param name="Times">How often such lines were.</param>
/// <param name="At">When last.</param>
/// <param name="SilentSince">The silence that was spoken of last began then.</param>
internal sealed record ToldOfRun(long Fitting = 0, int Times = 0, DateTimeOffset? At = null, DateTimeOffset? SilentSince = null, int Silences = 0);

/// <summary>A run in hand.</summary>
internal sealed record RunWork(ActionRun Run, RunJournal Journal, Proposal Proposal)
{
    public ProposalSlot Slot => Proposal.Slots.Single(slot => slot.Number == Run.Slot);

    public bool CanUndo => Proposal.Risk == Contracts.Diagnoses.ActionRisk.Reversible && Journal.UndoDraft is not null;
}
