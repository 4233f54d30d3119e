using System.Text.Json;
using System.Text.Json.Serialization;

namespace OpsBot.Signals.Curves;

/// <summary>Everything that a judge remembers of a run; bounded.</summary>
internal sealed class CurveState
{
    /// <summary>Raised whenever what is remembered changes its meaning.</summary>
    public const int CurrentVersion = 1;

    private static readonly JsonSerializerOptions Json = new() { NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals, MaxDepth = 16 };

    public int Version { get; set; } = CurrentVersion;

    public long Step { get; set; } = -1;

    /// <summary>A point before the last one: late, or the first after a return to a checkpoint. The next one tells.</summary>
    public long? BackStep { get; set; }

    public DateTimeOffset? BackAt { get; set; }

    public Dictionary<string, double>? BackValues { get; set; }

    public NonFiniteWatch NonFinite { get; set; } = new();

    public Dictionary<string, LossWatch> Losses { get; set; } = [];

    public Dictionary<string, PaceWatch> Paces { get; set; } = [];

    /// <summary>The pace that the points' own times tell, where no metric does.</summary>
    public PaceWatch ClockPace { get; set; } = new();

    public DateTimeOffset? ClockAt { get; set; }

    public long ClockStep { get; set; }

    public double BatchSize { get; set; } = double.NaN;

    public Dictionary<string, StragglerWatch> Stragglers { get; set; } = [];

    public Dictionary<string, ProgressWatch> Progress { get; set; } = [];

    public QuietWatch Quiet { get; set; } = new();

    /// <summary>Last value of each metric that training and validation share, by name.</summary>
    public Dictionary<string, double> Training { get; set; } = [];

    public CurveHistory Goal { get; set; } = new();

    /// <summary>The goal's metric measured on the training data.</summary>
    public CurveHistory GoalTraining { get; set; } = new();

    public CurveHistory ValidationLoss { get; set; } = new();

    public CurveHistory TrainingLoss { get; set; } = new();

    public long? ReachedAt { get; set; }

    /// <summary>The step of the goal's metric that the probability is from.</summary>
    public long JudgedStep { get; set; } = -1;

    public double? PReach { get; set; }

    public long? ExpectedStep { get; set; }

    /// <summary>Values of the goal's metric in a row at which the target seemed out of reach.</summary>
    public int OffTarget { get; set; }

    public bool SaidOffTarget { get; set; }

    public string Save() => JsonSerializer.Serialize(this, Json);

    /// <returns>Null where it cannot be read or is of another version.</returns>
    public static CurveState? Read(string state)
    {
        try
        {
            return JsonSerializer.Deserialize<CurveState>(state, Json) is { Version: CurrentVersion } read ? read : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>The run went back to a checkpoint and goes on at <paramref name="step"/>.</summary>
    public void GoBackTo(long step)
    {
        Step = step - 1;
        foreach (var history in new[] { Goal, GoalTraining, ValidationLoss, TrainingLoss })
        {
            history.CutFrom(step);
        }

        foreach (var loss in Losses.Values)
        {
            loss.Restart();
        }

        foreach (var progress in Progress.Values)
        {
            progress.Restart();
        }

        (ClockAt, ClockStep, JudgedStep) = (null, 0, Math.Min(JudgedStep, step - 1));
    }
}
