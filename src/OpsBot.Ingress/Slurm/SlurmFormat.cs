using OpsBot.Ingress.Reading;
using OpsBot.Ingress.Webhooks;

namespace OpsBot.Ingress.Slurm;

/// <summary>What <c>squeue --json</c> and <c>sacct --json</c> print (slurm.schedmd.com/rest_api.html, data_parser plug-ins). Each job is a delivery of its own.</summary>
internal sealed class SlurmFormat : WebhookFormat
{
    public override string Source => "slurm";

    public override IEnumerable<Part> Parts(WebhookHeaders headers, ReadOnlyMemory<byte> body) => ListParts.Of(headers, body, ["jobs"], "meta");

    public override string? DeliveryKey(WebhookHeaders headers, JsonView body) =>
        body["jobs"].Items().FirstOrDefault() is { } job ? new SlurmJob(job, body["meta"]).DeliveryKey : null;

    public override Normalised Normalise(WebhookHeaders headers, JsonView body)
    {
        if (!body.IsObject)
            throw body.Wrong("is not an object");
        if (!body["jobs"].Exists)
            throw body["jobs"].Missing();
        return body["jobs"].Items().FirstOrDefault() is { } job ? Normalised.Of(new SlurmJob(job, body["meta"]).Read()) : new Normalised.Nothing("there is no job");
    }
}
