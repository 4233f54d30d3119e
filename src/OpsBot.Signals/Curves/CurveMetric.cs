using System.Globalization;
using System.Text.RegularExpressions;
using OpsBot.Signals.Series;
using OpsBot.Signals.TrainingLogs;

namespace OpsBot.Signals.Curves;

/// <summary>What a column of a training run measures.</summary>
internal enum CurveRole
{
    /// <summary>Less is better: losses, error rates, perplexities.</summary>
    Loss,

    /// <summary>More is better: accuracies, scores, rewards.</summary>
    Score,
    GradientNorm,

    /// <summary>Seconds, or whatever unit of time, that a step takes.</summary>
    StepTime,

    /// <summary>Samples, tokens, steps or operations a second.</summary>
    Speed,
    BatchSize,
    SkippedSteps,
    Other,
}

/// <summary>The meaning of a column as far as its name tells.</summary>
/// <param name="IsValidation">Measured on data that the model does not train on.</param>
/// <param name="Rank">Of one rank only.</param>
/// <param name="Family">The name without the words that tell training from validation and without the rank: equal where the same is measured.</param>
internal sealed partial record CurveMetric(CurveRole Role, bool IsValidation, int? Rank, string Family)
{
    private static readonly HashSet<string> Sets = new(
        ["train", "training", "val", "valid", "validation", "eval", "evaluation", "test", "dev", "heldout", "value"], StringComparer.Ordinal);

    private static readonly HashSet<string> Losses = new(
        [
            "loss", "ppl", "perplexity", "error", "err", "wer", "cer", "mse", "rmse", "mae", "mape", "nll", "bpc", "bpb", "crossentropy", "xent", "fid", "eer",
        ], StringComparer.Ordinal);

    private static readonly HashSet<string> Scores = new(
        [
            "accuracy", "acc", "auc", "auroc", "auprc", "ap", "map", "f1", "bleu", "rouge", "precision", "recall", "ndcg", "mrr", "iou", "miou", "dice",
            "score", "reward", "return", "psnr", "ssim", "r2", "likelihood",
        ], StringComparer.Ordinal);

    // a setting that has the word loss in its name is no loss
    private static readonly HashSet<string> Settings = new(["scale", "scaler", "weight", "coef", "coefficient", "lambda"], StringComparer.Ordinal);

    public static CurveMetric Of(string name)
    {
        var rank = RankText().Match(name);
        var words = MetricWords.Of(rank.Success ? name.Remove(rank.Index, rank.Length) : name);
        int? number = rank.Success && int.TryParse(rank.Groups["number"].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? value : null;
        var family = string.Join(' ', words.Where(word => !Sets.Contains(word)));
        // TFLOPs and MFLOPS are one word, whatever their capitals
        var role = name.Contains("flops", StringComparison.OrdinalIgnoreCase) ? CurveRole.Speed : RoleOf(words);
        return new CurveMetric(role, MetricNames.IsValidation(name), number, family);
    }

    /// <summary>The value turned so that less is better; NaN where the role has no better.</summary>
    public double Turned(double value) => Role switch { CurveRole.Loss => value, CurveRole.Score => -value, _ => double.NaN };

    private static CurveRole RoleOf(IReadOnlyList<string> words)
    {
        bool Has(params string[] any) => any.Any(word => words.Contains(word, StringComparer.Ordinal));
        var time = Has("time", "elapsed", "duration", "seconds", "secs", "ms", "latency");
        return words switch
        {
            _ when Has("grad", "gradient", "gnorm") && (Has("norm") || Has("gnorm")) => CurveRole.GradientNorm,
            _ when Has("skipped") => CurveRole.SkippedSteps,
            _ when Has("batch") && Has("size") => CurveRole.BatchSize,
            _ when time && Has("step", "iteration", "iter", "batch") => CurveRole.StepTime,
            _ when Has("throughput", "tps", "sps", "wps", "ips", "mfu") => CurveRole.Speed,
            _ when Has("per", "it", "samples", "tokens", "examples", "steps", "iter", "images") && (Has("second", "sec", "s")) => CurveRole.Speed,
            _ when time || Has(Settings.ToArray()) => CurveRole.Other,
            _ when words.Any(Losses.Contains) || words.Any(word => word.EndsWith("loss", StringComparison.Ordinal)) => CurveRole.Loss,
            _ when words.Any(Scores.Contains) || words.Any(word => word.StartsWith("rouge", StringComparison.Ordinal)) => CurveRole.Score,
            _ when Has("average") && Has("precision") => CurveRole.Score,
            _ => CurveRole.Other,
        };
    }

    [GeneratedRegex(@"(?<![a-z])(?:rank|worker|gpu)[ _\-/.:]?(?<number>\d{1,6})(?!\d)", RegexOptions.IgnoreCase, 5_000)]
    private static partial Regex RankText();
}
