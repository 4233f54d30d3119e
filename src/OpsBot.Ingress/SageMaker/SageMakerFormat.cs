using OpsBot.Contracts.Events;
using OpsBot.Ingress.Reading;
using OpsBot.Ingress.Webhooks;

namespace OpsBot.Ingress.SageMaker;

/// <summary>
/// SageMaker's events (docs.aws.amazon.com/sagemaker/latest/dg/automating-sagemaker-with-eventbridge.html). EventBridge names each event; the resource names the job.
/// </summary>
internal sealed class SageMakerFormat : WebhookFormat
{
    private const string Package = "SageMaker Model Package State Change";
    private const string Pipeline = "SageMaker Model Building Pipeline Execution Status Change";

    /// <summary>What happens to a job, or to what jobs work with: the members that hold its name, resource and state.</summary>
    private static readonly Dictionary<string, (string Name, string Arn, string State)> Kinds = new()
    {
        ["SageMaker Training Job State Change"] = ("TrainingJobName", "TrainingJobArn", "TrainingJobStatus"),
        ["SageMaker HyperParameter Tuning Job State Change"] = ("HyperParameterTuningJobName", "HyperParameterTuningJobArn", "HyperParameterTuningJobStatus"),
        ["SageMaker Processing Job State Change"] = ("ProcessingJobName", "ProcessingJobArn", "ProcessingJobStatus"),
        ["SageMaker Transform Job State Change"] = ("TransformJobName", "TransformJobArn", "TransformJobStatus"),
        ["SageMaker Feature Group State Change"] = ("FeatureGroupName", "FeatureGroupArn", "FeatureGroupStatus"),
        ["SageMaker Image State Change"] = ("ImageName", "ImageArn", "ImageStatus"),
        ["SageMaker Image Version State Change"] = ("ImageArn", "ImageVersionArn", "ImageVersionStatus"),
        [Pipeline] = ("pipelineExecutionDisplayName", "pipelineExecutionArn", "currentPipelineExecutionStatus"),
        [Package] = ("ModelPackageGroupName", "ModelPackageArn", "ModelPackageStatus"),
    };

    public override string Source => "sagemaker";

    public override string? DeliveryKey(WebhookHeaders headers, JsonView body) => body["id"].Key();

    public override Normalised Normalise(WebhookHeaders headers, JsonView body)
    {
        var type = body["detail-type"].RequiredText();
        if (!Kinds.TryGetValue(type, out var members))
            return new Normalised.Nothing($"{type} is about no training job");
        var detail = body["detail"];
        if (!detail.IsObject)
            throw detail.Exists ? detail.Wrong("is not an object") : detail.Missing();
        return type == Package ? Normalised.Of(Release(type, body, detail)) : Normalised.Of(Job(type, body, detail, members));
    }

    private static TrainingJobReported Job(string type, JsonView body, JsonView detail, (string Name, string Arn, string State) members)
    {
        var state = detail[members.State].RequiredText();
        var status = Status(state);
        var metrics = new MetricList();
        foreach (var metric in detail["FinalMetricDataList"].Items().Take(Bounds.Entries))
            metrics.Add(metric["MetricName"].Text(), metric["Value"]);
        return new TrainingJobReported
        {
            Source = "sagemaker",
            Event = type,
            JobKey = Key(body, detail, members),
            Status = status,
            Name = detail[members.Name].Text(),
            Reason = detail["FailureReason"].Text(Bounds.Summary) ?? (status == TrainingJobStatus.Failed ? detail["SecondaryStatus"].Text() : null),
            Metrics = metrics.Metrics,
            StartedAt = LooseTime.Of(detail["TrainingStartTime"]) ?? LooseTime.Of(detail["ProcessingStartTime"]) ?? LooseTime.Of(detail["TransformStartTime"]) ?? LooseTime.Of(detail["executionStartTime"]),
            EndedAt = LooseTime.Of(detail["TrainingEndTime"]) ?? LooseTime.Of(detail["ProcessingEndTime"]) ?? LooseTime.Of(detail["TransformEndTime"]) ?? LooseTime.Of(detail["executionEndTime"]) ?? LooseTime.Of(detail["HyperParameterTuningEndTime"]),
            OccurredAt = LooseTime.Of(body["time"]),
            Facts = FactsOf(body, detail, members).Add("secondaryStatus", detail["SecondaryStatus"]).AddMembers("counters", detail["TrainingJobStatusCounters"]).AddAll(metrics.NotFinite).ToDictionary(),
        };
    }

    /// <summary>A package is a version of a model: something that is released, not a job.</summary>
    private static DeployReported Release(string type, JsonView body, JsonView detail)
    {
        var members = Kinds[Package];
        return new DeployReported
        {
            Source = "sagemaker",
            Event = type,
            ChangeKey = Key(body, detail, members),
            Change = ChangeKind.Release,
            Status = Status(detail[members.State].RequiredText()) switch
            {
                TrainingJobStatus.Succeeded => ChangeStatus.Succeeded,
                TrainingJobStatus.Failed => ChangeStatus.Failed,
                TrainingJobStatus.Cancelled => ChangeStatus.Cancelled,
                TrainingJobStatus.Running or TrainingJobStatus.Queued => ChangeStatus.Started,
                _ => ChangeStatus.Unknown,
            },
            Version = detail["ModelPackageVersion"].Text(),
            OccurredAt = LooseTime.Of(body["time"]),
            Facts = FactsOf(body, detail, members).Add("approval", detail["ModelApprovalStatus"]).ToDictionary(),
        };
    }

    private static string Key(JsonView body, JsonView detail, (string Name, string Arn, string State) members) =>
        detail[members.Arn].Key() ?? body["resources"].Items().LastOrDefault()?.Key() ?? detail[members.Name].RequiredKey();

    private static Facts FactsOf(JsonView body, JsonView detail, (string Name, string Arn, string State) members) => new Facts()
        .Add("eventId", body["id"])
        .Add("state", detail[members.State])
        .Add("name", detail[members.Name])
        .Add("resource", body["resources"].Items().FirstOrDefault()?.Text())
        .Add("account", body["account"])
        .Add("region", body["region"]);

    private static TrainingJobStatus Status(string state) => state switch
    {
        "Pending" or "Queued" => TrainingJobStatus.Queued,
        "InProgress" or "Executing" or "Creating" or "Starting" or "Stopping" or "Updating" or "Deleting" => TrainingJobStatus.Running,
        "Completed" or "Succeeded" or "Created" or "Active" => TrainingJobStatus.Succeeded,
        "Stopped" or "Deleted" => TrainingJobStatus.Cancelled,
        "Failed" or "CreateFailed" or "DeleteFailed" or "UpdateFailed" or "CREATE_FAILED" or "UPDATE_FAILED" or "DELETE_FAILED" => TrainingJobStatus.Failed,
        "CREATING" or "UPDATING" or "DELETING" => TrainingJobStatus.Running,
        "CREATED" => TrainingJobStatus.Succeeded,
        _ => TrainingJobStatus.Unknown,
    };
}
