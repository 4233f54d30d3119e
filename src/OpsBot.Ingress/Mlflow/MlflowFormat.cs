using OpsBot.Contracts.Events;
using OpsBot.Ingress.Reading;
using OpsBot.Ingress.Webhooks;

namespace OpsBot.Ingress.Mlflow;

/// <summary>MLflow: webhooks of the model registry (mlflow.org/docs/latest/ml/webhooks), and the runs that a poll of <c>runs/search</c> gives, each a delivery of its own.</summary>
internal sealed class MlflowFormat : WebhookFormat
{
    private static readonly HashSet<string> Entities = new(StringComparer.Ordinal) { "registered_model", "model_version", "model_version_tag", "model_version_alias" };

    public override string Source => "mlflow";

    public override bool OneKeyForAllRuns => true;

    public override bool Keeps(string header) => base.Keeps(header) || header.Equals(MlflowSignature.DeliveryHeader, StringComparison.OrdinalIgnoreCase);

    public override IEnumerable<Part> Parts(WebhookHeaders headers, ReadOnlyMemory<byte> body) => ListParts.Of(headers, body, ["runs"]);

    public override string? DeliveryKey(WebhookHeaders headers, JsonView body) =>
        body["runs"].Items().FirstOrDefault() is { } run ? new MlflowRun(run).DeliveryKey
        : headers[MlflowSignature.DeliveryHeader] is { Length: > 0 } delivery && !delivery.Contains('<', StringComparison.Ordinal) ? Bounds.Key(delivery) : null;

    public override Normalised Normalise(WebhookHeaders headers, JsonView body)
    {
        if (!body.IsObject)
            throw body.Wrong("is not an object");
        if (body["runs"].Exists)
            return body["runs"].Items().FirstOrDefault() is { } run ? Normalised.Of(new MlflowRun(run).Read()) : new Normalised.Nothing("there is no run");
        var entity = body["entity"].RequiredText();
        return Entities.Contains(entity) ? Normalised.Of(Registry(entity, body)) : new Normalised.Nothing($"{entity} is no part of a training job");
    }

    /// <summary>A model of the registry says of the run that made it only that it is there.</summary>
    private static TrainingJobReported Registry(string entity, JsonView body)
    {
        var data = body["data"];
        var model = data["name"].RequiredText();
        return new TrainingJobReported
        {
            Source = "mlflow",
            Event = $"{entity}.{body["action"].RequiredText()}",
            JobKey = data["run_id"].Key() ?? Bounds.Key($"model/{model}"),
            Status = TrainingJobStatus.Unknown,
            OccurredAt = body["timestamp"].Time(),
            Facts = new Facts()
                .Add("model", model)
                .Add("version", data["version"])
                .Add("run", data["run_id"])
                .Add("alias", data["alias"])
                .Add("tag", data["key"].Text() is { } key ? $"{key}={data["value"].Text()}" : null)
                .Add("modelSource", data["source"])
                .Add("description", data["description"])
                .ToDictionary(),
        };
    }
}
