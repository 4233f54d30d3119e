namespace OpsBot.Signals.TrainingLogs;

/// <summary>What the lines of one log before the next one have told. Small, so that it travels in a cursor; starts as <see cref="Start"/>.</summary>
public sealed record TrainingLogState
{
    public static TrainingLogState Start { get; } = new();

    /// <summary>Step of the last point; null before the first.</summary>
    public long? Step { get; init; }

    /// <summary>The log's lines state their step themselves, so that none is ever counted.</summary>
    public bool StatesSteps { get; init; }

    /// <summary>The progress bar that was drawn last and has no description, as Hugging Face draws training and evaluation.</summary>
    public Progress? LastBar { get; init; }

    /// <summary>How far the bar of the training itself is: the one that was there when a training loss was logged.</summary>
    public Progress? TrainingBar { get; init; }

    /// <summary>Fraction of an epoch of the last training point.</summary>
    public double? Epochs { get; init; }

    /// <summary>The epoch that a heading has announced, from 1 (Keras).</summary>
    public long? Heading { get; init; }

    /// <summary>The first epoch that was seen beside a step.</summary>
    public long? FirstEpoch { get; init; }

    /// <summary>The last epoch that was seen beside a step.</summary>
    public long? LastEpoch { get; init; }

    /// <summary>Steps begin again with every epoch in this log.</summary>
    public bool StepsPerEpoch { get; init; }

    /// <summary>What a progress bar shows of validation metrics, as it is written. They stay on the bar through the whole next epoch and are news once.</summary>
    public IReadOnlyDictionary<string, string> Shown { get; init; } = new Dictionary<string, string>();
}

/// <summary>How far a progress bar is.</summary>
public sealed record Progress(long Done, long Total);
