using OpsBot.Contracts.Events;
using OpsBot.Ingress.Reading;

namespace OpsBot.Ingress.Kubeflow;

/// <summary>One job. The last condition that is true says where it stands; conditions of the past are kept, with status False.</summary>
internal sealed class KubeflowJob(JsonView job, string kind, bool isDeleted)
{
    public static readonly HashSet<string> Kinds = new(StringComparer.Ordinal) { "PyTorchJob", "TFJob", "MPIJob", "XGBoostJob", "MXJob", "PaddleJob", "JAXJob", "TrainJob" };

    private readonly JsonView? _condition = Condition(job["status"]);

    public string DeliveryKey => Bounds.Key($"{Key}#{Word}/{(_condition is null ? "" : Raw(_condition))}{(isDeleted ? "/deleted" : "")}");

    private string Key => Bounds.Key(job["metadata"]["uid"].Text() ?? $"{job["metadata"]["namespace"].Text() ?? "default"}/{job["metadata"]["name"].RequiredText()}");

    private string Word => _condition?["type"].Text() ?? (IsActive(job["status"]) ? "Running" : "Created");

    private bool IsOver => Status(Word) is TrainingJobStatus.Succeeded or TrainingJobStatus.Failed;

    public TrainingJobReported Read()
    {
        var metadata = job["metadata"];
        var status = isDeleted && !IsOver ? TrainingJobStatus.Cancelled : Status(Word);
        var at = _condition is null ? null : LastChange(_condition);
        return new TrainingJobReported
        {
            Source = "kubeflow",
            Event = kind,
            JobKey = Key,
            Status = status,
            Name = metadata["name"].Text(),
            User = metadata["annotations"]["owner"].IsText ? metadata["annotations"]["owner"].Text() : null,
            Reason = status == TrainingJobStatus.Failed ? Told(_condition) : isDeleted && !IsOver ? "deleted" : null,
            StartedAt = job["status"]["startTime"].Time() ?? (status == TrainingJobStatus.Running ? at : null),
            EndedAt = job["status"]["completionTime"].Time() ?? (IsOver ? at : null),
            OccurredAt = at ?? metadata["creationTimestamp"].Time(),
            Facts = new Facts()
                .Add("job", metadata["name"])
                .Add("namespace", metadata["namespace"])
                .Add("state", Word)
                .Add("reason", _condition?["reason"].Text())
                .Add("message", _condition?["message"].Text(Bounds.Summary))
                .Add("runtime", job["spec"]["runtimeRef"].IsObject ? job["spec"]["runtimeRef"]["name"].Text() : null)
                .Add("failedReplicas", Failed(job["status"]["replicaStatuses"]))
                .ToDictionary(),
        };
    }

    private static TrainingJobStatus Status(string condition) => condition switch
    {
        "Created" or "Suspended" => TrainingJobStatus.Queued,
        "Running" or "Restarting" => TrainingJobStatus.Running,
        "Succeeded" or "Complete" => TrainingJobStatus.Succeeded,
        "Failed" => TrainingJobStatus.Failed,
        _ => TrainingJobStatus.Unknown,
    };

    private static JsonView? Condition(JsonView status)
    {
        // an end is an end, in whatever order the conditions are kept
        var held = status["conditions"].Items().Where(condition => condition["status"].Text() is "True" or "true").ToList();
        var end = held.LastOrDefault(condition => condition["type"].Text() is "Succeeded" or "Complete" or "Failed");
        if (end is not null)
            return end;
        // TrainJob has no condition for running: its jobs tell
        return held.LastOrDefault() is { } last && !(last["type"].Text() == "Created" && IsActive(status)) ? last : null;
    }

    private static bool IsActive(JsonView status) => status["jobsStatus"].Items().Any(one => one["active"].Whole() > 0 || one["ready"].Whole() > 0);

    private static DateTimeOffset? LastChange(JsonView condition) => condition["lastUpdateTime"].Time() ?? condition["lastTransitionTime"].Time();

    private static string Raw(JsonView condition) => condition["lastUpdateTime"].Text() ?? condition["lastTransitionTime"].Text() ?? "";

    private static string? Told(JsonView? condition) =>
        condition is null ? null : condition["message"].Text(Bounds.Summary) ?? condition["reason"].Text();

    private static string? Failed(JsonView replicas)
    {
        var failed = replicas.Members().Where(replica => replica.Value.IsObject && replica.Value["failed"].Whole() > 0).Select(replica => $"{replica.Key}: {replica.Value["failed"].Whole()}").Take(Bounds.Links).ToList();
        return failed.Count == 0 ? null : string.Join(", ", failed);
    }
}
