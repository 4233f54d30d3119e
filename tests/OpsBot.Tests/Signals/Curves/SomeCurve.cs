using OpsBot.Contracts.Training;
using OpsBot.Signals.Curves;

namespace OpsBot.Tests.Signals.Curves;

/// <summary>Seeded training curves of shapes that people have seen.</summary>
internal static class SomeCurve
{
    public const string Loss = "loss";
    public static readonly DateTimeOffset Start = new(2026, 1, 5, 8, 0, 0, TimeSpan.Zero);

    public static readonly string[] HealthyShapes =
        ["power", "exponential", "cosine", "steps", "warm-up", "noisy", "late", "accuracy", "negative", "small", "large", "grokking"];

    public static CurvePoint Point(long step, params (string Name, double Value)[] values) => At(step, null, values);

    public static CurvePoint At(long step, DateTimeOffset? at, params (string Name, double Value)[] values) =>
        new(step, at, values.ToDictionary(value => value.Name, value => value.Value));

    /// <summary>A run of <paramref name="count"/> points with training loss at each and validation at every tenth, ten steps apart.</summary>
    public static List<CurvePoint> Healthy(string shape, int seed, int count = 400)
    {
        var random = new Random(seed);
        var points = new List<CurvePoint>();
        var name = shape == "accuracy" ? "accuracy" : Loss;
        for (var i = 0; i < count; i++)
        {
            var (value, noise) = Value(shape, (i + 1.0) / count);
            var values = new List<(string, double)> { ($"train/{name}", value + (noise * Normal(random))), ("grad_norm", 1 + Math.Abs(0.2 * Normal(random))) };
            if (i % 10 == 9)
            {
                values.Add(($"validation/{name}", value + (Math.Abs(value) * 0.02) + (noise / 4 * Normal(random))));
            }

            points.Add(At(i * 10L, Start.AddSeconds(i * 30 * (1 + (0.05 * random.NextDouble()))), [.. values]));
        }

        return points;
    }

    public static double Normal(Random random) => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());

    /// <summary>All alerts of a run.</summary>
    public static List<CurveAlert> Alerts(IEnumerable<CurvePoint> points, CurveGoal? goal = null) =>
        [.. CurveReplay.OfPoints(points, goal ?? CurveGoal.None).SelectMany(judgement => judgement.Alerts)];

    private static (double Value, double Noise) Value(string shape, double t) => shape switch
    {
        "power" => (2 + (2 * Math.Pow(40 * t, -0.5)), 0.03),
        "exponential" => (0.3 + (2 * Math.Exp(-6 * t)), 0.02),
        "cosine" => (2.5 - (0.5 * (1 - Math.Cos(Math.PI * t))), 0.03),
        "steps" => ((t < 0.3 ? 2.0 : t < 0.6 ? 1.4 : 1.1) - (0.1 * t), 0.03),
        "warm-up" => (t < 0.1 ? 10 - (5 * t) : 3 + (6.5 * Math.Exp(-15 * (t - 0.1))), 0.05),
        "noisy" => (1 + Math.Exp(-4 * t), 0.12),
        "late" => (t < 0.5 ? 4 : 2 + (2 * Math.Exp(-10 * (t - 0.5))), 0.04),
        "accuracy" => (0.9 - (0.8 * Math.Exp(-5 * t)), 0.01),
        "negative" => (-3 + (4 * Math.Exp(-5 * t)), 0.05),
        "small" => (1e-6 * (1 + Math.Exp(-5 * t)), 3e-8),
        "large" => (1e6 * (1 + Math.Exp(-5 * t)), 3e4),
        "grokking" => (0.1 + (1 / (1 + Math.Exp(20 * (t - 0.6)))), 0.01),
        _ => throw new ArgumentOutOfRangeException(nameof(shape), shape, null),
    };
}
