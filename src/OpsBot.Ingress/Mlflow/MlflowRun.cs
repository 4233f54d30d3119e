using OpsBot.Contracts.Events;
using OpsBot.Ingress.Reading;

namespace OpsBot.Ingress.Mlflow;

/// <summary>One run of <c>runs/search</c>.</summary>
internal sealed class MlflowRun(JsonView run)
{
    private readonly JsonView _info = run["info"];

    public string DeliveryKey => Bounds.Key($"{Key}#{Word}/{_info["end_time"].Text()}");

    private string Key => _info["run_id"].Key() ?? _info["run_uuid"].RequiredKey();

    private string Word => _info["status"].RequiredText();

    public TrainingJobReported Read()
    {
        var metrics = new MetricList();
        long? step = null;
        foreach (var metric in run["data"]["metrics"].Items().Take(Bounds.Entries))
        {
            metrics.Add(metric["key"].Text(), metric["value"]);
            if (LooseStep(metric["step"]) is { } at && !(at <= step))
                step = at;
        }

        var ended = LooseTime.Of(_info["end_time"]);
        var started = LooseTime.Of(_info["start_time"]);
        var tags = run["data"]["tags"].Items().Take(Bounds.Entries).Where(tag => tag["key"].Exists).ToList();
        return new TrainingJobReported
        {
            Source = "mlflow",
            Event = "run",
            JobKey = Key,
            Status = Word switch
            {
                "SCHEDULED" => TrainingJobStatus.Queued,
                "RUNNING" => TrainingJobStatus.Running,
                "FINISHED" => TrainingJobStatus.Succeeded,
                "FAILED" => TrainingJobStatus.Failed,
                "KILLED" => TrainingJobStatus.Cancelled,
                _ => TrainingJobStatus.Unknown,
            },
            Name = _info["run_name"].Text() ?? Tag("mlflow.runName"),
            User = _info["user_id"].Text() ?? Tag("mlflow.user"),
            Metrics = metrics.Metrics,
            Step = step,
            StartedAt = started,
            EndedAt = ended,
            OccurredAt = ended ?? started,
            Facts = new Facts()
                .Add("run", Key)
                .Add("state", Word)
                .Add("experiment", _info["experiment_id"])
                .Add("sourceName", Tag("mlflow.source.name"))
                .Add("commit", Tag("mlflow.source.git.commit"))
                .AddAll(metrics.NotFinite)
                .ToDictionary(),
        };

        string? Tag(string name) => tags.FirstOrDefault(tag => tag["key"].Text() == name)?["value"].Text();
    }

    // 64 bits may come as text
    private static long? LooseStep(JsonView value) => value.IsText ? long.TryParse(value.Text(), System.Globalization.CultureInfo.InvariantCulture, out var step) ? step : null : value.Whole();
}
