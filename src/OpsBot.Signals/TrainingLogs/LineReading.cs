namespace OpsBot.Signals.TrainingLogs;

/// <summary>The names and numbers that one line states, before it is known at which step.</summary>
internal sealed class LineReading
{
    /// <summary>Metrics of one line that are kept.</summary>
    public const int MaxValues = 200;

    private const int MaxName = 200;

    private readonly Dictionary<string, double> _values = [];

    public IReadOnlyDictionary<string, double> Values => _values;

    public long? Step { get; set; }

    /// <summary>Steps of an epoch or of the whole run, where the line says "of how many".</summary>
    public long? Total { get; set; }

    public double? Epoch { get; set; }

    /// <summary>The epoch is written as a whole number, without a point.</summary>
    public bool EpochIsWhole { get; set; }

    public DateTimeOffset? At { get; set; }

    public bool HasMeasure => _values.Keys.Any(MetricNames.IsMeasure);

    /// <summary>Whether nothing but validation was measured: such a line belongs to the step of the training lines before it.</summary>
    public bool IsValidationOnly => _values.Keys.Where(MetricNames.IsMeasure).ToList() is { Count: > 0 } measures && measures.All(MetricNames.IsValidation);

    /// <summary>Takes one pair: as the step, the epoch, a label or a value.</summary>
    public void Take(string name, ReadOnlySpan<char> text)
    {
        name = name.Trim();
        if (name.Length is 0 or > MaxName || NumberText.Parse(text) is not { } number)
            return;
        if (MetricNames.IsStep(name))
        {
            // 3.2e+4 on a progress bar is rounded, and no step
            Step ??= text.ContainsAny('e', 'E') ? null : NumberText.Step(number);
        }
        else if (MetricNames.IsEpoch(name))
        {
            Epoch ??= number;
            EpochIsWhole |= !text.ContainsAny(".eE");
        }
        else if (!MetricNames.IsLabel(name) && _values.Count < MaxValues)
        {
            _values.TryAdd(name, number);
        }
    }

    public void Drop(string name) => _values.Remove(name);
}
