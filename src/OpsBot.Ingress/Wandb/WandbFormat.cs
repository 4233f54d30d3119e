using OpsBot.Contracts.Events;
using OpsBot.Ingress.Reading;
using OpsBot.Ingress.Webhooks;

namespace OpsBot.Ingress.Wandb;

/// <summary>
/// Weights &amp; Biases: webhook automations with our template (deploy/wandb/payload.json) or as a GitHub repository dispatch, and the runs that a poll of its GraphQL API
/// gives, each a delivery of its own. A template that was not filled in is kept, and never taken for values.
/// </summary>
internal sealed class WandbFormat : WebhookFormat
{
    private static readonly string[] Runs = ["data", "project", "runs", "edges"];

    public override string Source => "wandb";

    public override bool OneKeyForAllRuns => true;

    public override IEnumerable<Part> Parts(WebhookHeaders headers, ReadOnlyMemory<byte> body) => ListParts.Of(headers, body, Runs);

    public override string? DeliveryKey(WebhookHeaders headers, JsonView body) => Run(body)?.DeliveryKey;

    public override Normalised Normalise(WebhookHeaders headers, JsonView body)
    {
        if (!body.IsObject)
            throw body.Wrong("is not an object");
        if (body["data"].IsObject)
            return Run(body) is { } run ? Normalised.Of(run.Read()) : new Normalised.Nothing("there is no run");
        if (body["errors"].IsArray)
            throw body["errors"].Wrong("is an answer without data");
        return Normalised.Of(Automation(body));
    }

    private static WandbRun? Run(JsonView body)
    {
        var edges = Runs.Aggregate(body, (at, name) => at.IsObject ? at[name] : body["none"]);
        return edges.IsArray && edges.Items().FirstOrDefault() is { } edge && edge["node"].IsObject ? new WandbRun(edge["node"]) : null;
    }

    private static TrainingJobReported Automation(JsonView body)
    {
        var told = body["client_payload"].IsObject ? body["client_payload"] : body;
        var version = Filled(told["artifact_version_string"]);
        var (entity, project, run) = (Filled(told["entity_name"]), Filled(told["project_name"]), Filled(told["run_name"]));
        var author = Filled(told["event_author"]);
        var happened = Filled(body["event_type"]) ?? throw body["event_type"].Missing();
        var model = Filled(told["artifact_collection_name"]);
        return new TrainingJobReported
        {
            Source = "wandb",
            Event = happened,
            JobKey = Bounds.Key(run is null ? $"{entity}/{project}/{model ?? version ?? happened}" : $"{entity}/{project}/{run}"),
            Status = Filled(told["run_state"])?.ToLowerInvariant() is { } state ? WandbRun.Status(state) : TrainingJobStatus.Unknown,
            Name = run,
            User = author,
            Facts = new Facts()
                .Add("model", model)
                .Add("version", version)
                .Add("artifact", Filled(told["artifact_version"]))
                .Add("alias", Filled(told["alias"]))
                .Add("tag", Filled(told["tag"]))
                .Add("author", author)
                .Add("project", project)
                .Add("entity", entity)
                .ToDictionary(),
        };
    }

    private static string? Filled(JsonView value)
    {
        if (value.IsObject || value.IsArray)
            return null;
        var text = value.Text(int.MaxValue);
        if (text?.Contains("${", StringComparison.Ordinal) == true)
            throw value.Wrong("is a template that was not filled in");
        return value.Text();
    }
}
