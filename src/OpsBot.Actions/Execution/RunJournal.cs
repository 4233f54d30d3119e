using System.Text.Json;
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

    /// <summary>How often somebody took it up again after its row was given up.</summary>
    public int TakenUpAgain { get; init; }

    /// <summary>Why the run is to be undone although it had ended; null where it is not.</summary>
    public string? UndoBecause { get; init; }

    /// <summary>Who asked for it, where a person did.</summary>
    public string? UndoAskedBy { get; init; }

    public static RunJournal Read(string json) => JsonSerializer.Deserialize<RunJournal>(json, OpsBotJson.Options) ?? new RunJournal();

    public string ToJson() => JsonSerializer.Serialize(this, OpsBotJson.Options);
}

/// <summary>A run in hand.</summary>
internal sealed record RunWork(ActionRun Run, RunJournal Journal, Proposal Proposal)
{
    public ProposalSlot Slot => Proposal.Slots.Single(slot => slot.Number == Run.Slot);

    public bool CanUndo => Proposal.Risk == Contracts.Diagnoses.ActionRisk.Reversible && Journal.UndoDraft is not null;
}
