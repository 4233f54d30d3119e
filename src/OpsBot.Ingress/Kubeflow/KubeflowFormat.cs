using OpsBot.Ingress.Reading;
using OpsBot.Ingress.Webhooks;

namespace OpsBot.Ingress.Kubeflow;

/// <summary>
/// Kubeflow's training jobs as Kubernetes keeps them: PyTorchJob and its like (kubeflow.org/v1), TrainJob (trainer.kubeflow.org). One object a body, a list as
/// <c>kubectl get -o json</c> prints it, or an event of a watch.
/// </summary>
internal sealed class KubeflowFormat : WebhookFormat
{
    public override string Source => "kubeflow";

    public override IEnumerable<Part> Parts(WebhookHeaders headers, ReadOnlyMemory<byte> body) => ListParts.Of(headers, body, ["items"]);

    public override string? DeliveryKey(WebhookHeaders headers, JsonView body) => Find(body) is { } job ? job.DeliveryKey : null;

    public override Normalised Normalise(WebhookHeaders headers, JsonView body)
    {
        if (!body.IsObject)
            throw body.Wrong("is not an object");
        return Find(body) is { } job ? Normalised.Of(job.Read()) : new Normalised.Nothing("there is no training job in it");
    }

    private static KubeflowJob? Find(JsonView body)
    {
        var item = body["items"].Exists ? body["items"].Items().FirstOrDefault() ?? body["none"] : body;
        var isDeleted = item["type"].IsText && item["type"].Text() == "DELETED";
        var job = item["object"].IsObject ? item["object"] : item;
        return job["kind"].Text() is { } kind && KubeflowJob.Kinds.Contains(kind) ? new KubeflowJob(job, kind, isDeleted) : null;
    }
}
