using System.Text.RegularExpressions;

namespace OpsBot.Signals.TrainingLogs;

/// <summary>What the names of training programs mean.</summary>
public static partial class MetricNames
{
    private static readonly HashSet<string> Steps = new(StringComparer.OrdinalIgnoreCase)
    {
        "step", "steps", "global_step", "global step", "globalstep", "trainer/global_step", "_step", "iteration", "iter", "iters", "it", "train_step",
        "training_step", "training step", "train/global_step", "num_updates", "num_update", "update_step", "step_num", "current_step", "current_steps", "batch_num",
    };

    private static readonly HashSet<string> Times = new(StringComparer.OrdinalIgnoreCase)
    {
        "time", "timestamp", "ts", "_timestamp", "@timestamp", "datetime", "created_at", "wall_time", "walltime", "asctime",
    };

    // what a bar shows that is no measurement
    private static readonly HashSet<string> Labels = new(StringComparer.OrdinalIgnoreCase) { "v_num", "epoch", "epochs", "_runtime", "rank", "pid", "seed", "job", "jobid", "job_id" };

    public static bool IsStep(string name) => Steps.Contains(name);

    public static bool IsTime(string name) => Times.Contains(name);

    public static bool IsLabel(string name) => Labels.Contains(name);

    public static bool IsEpoch(string name) => name.Equals("epoch", StringComparison.OrdinalIgnoreCase) || name.Equals("epochs", StringComparison.OrdinalIgnoreCase) || name.Equals("train/epoch", StringComparison.OrdinalIgnoreCase);

    /// <summary>Whether the name is that of something a training run is judged by. A setting of the same word (loss_weight) is not.</summary>
    public static bool IsMeasure(string name) => Measure().IsMatch(name) && !Setting().IsMatch(name);

    /// <summary>Whether it is measured on data that the model does not train on.</summary>
    public static bool IsValidation(string name) => Validation().IsMatch(name);

    [GeneratedRegex(
        @"(?:^|[^a-z])(?:\w*loss|l[12]|acc(?:uracy)?(?:@?\d+)?|top-?[15]|auc|auroc|auprc|ap|map(?:50)?|ppl|perplexity|bpc|bpb|f1|bleu\d?|rouge\w{0,3}|wer|cer|mse|mae|rmse|mape|r2|iou|miou|dice|ndcg(?:@?\d+)?|mrr|recall|precision|(?:train|val|valid|test|eval|top-?[15])[_ ]err(?:or)?|nll|kl|elbo|fid|reward|(?:mean|avg|episode|episodic)[_ ]return|score|psnr|ssim|grad[_ ]?norm|gnorm|likelihood|entropy)(?:$|[^a-z])",
        RegexOptions.IgnoreCase, 5_000)]
    private static partial Regex Measure();

    [GeneratedRegex(@"weight|coef|scale|smooth|thresh|alpha|gamma|lambda|beta|margin|target|goal|patience|delta|max_|min_|clip|interval|every|count|num", RegexOptions.IgnoreCase, 5_000)]
    private static partial Regex Setting();

    [GeneratedRegex(@"(?:^|[^a-z])(?:val|valid|validation|eval|evaluation|test|dev|heldout)(?:$|[^a-z])", RegexOptions.IgnoreCase, 5_000)]
    private static partial Regex Validation();
}
