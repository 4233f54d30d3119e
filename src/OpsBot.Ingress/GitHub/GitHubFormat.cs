using System.Net;
using System.Text;
using OpsBot.Contracts.Events;
using OpsBot.Ingress.Reading;
using OpsBot.Ingress.Webhooks;

namespace OpsBot.Ingress.GitHub;

/// <summary>
/// GitHub webhooks (docs.github.com/webhooks/webhook-events-and-payloads). The event's name is in a header; the body may be a form.
/// Checks and comments are no changes and are taken and dropped, like every event that is not in the list.
/// </summary>
internal sealed class GitHubFormat : WebhookFormat
{
    private const string EventHeader = "X-GitHub-Event";
    private const string DeliveryHeader = "X-GitHub-Delivery";
    private const string FormType = "application/x-www-form-urlencoded";

    private readonly GitHubOptions _options;
    private readonly Dictionary<string, Func<JsonView, DeployReported?>> _events;

    public GitHubFormat(GitHubOptions options)
    {
        _options = options;
        var workflows = new Workflows(options.DeployWorkflows);
        _events = new()
        {
            ["deployment"] = Deployments.Created,
            ["deployment_status"] = Deployments.Status,
            ["deployment_review"] = Deployments.Review,
            ["workflow_run"] = workflows.Run,
            ["workflow_job"] = workflows.Job,
            ["release"] = Releases.Read,
            ["push"] = Pushes.Read,
            ["status"] = CommitStatuses.Read,
        };
    }

    public override string Source => "github";

    public override bool Keeps(string header) =>
        base.Keeps(header)
        || header.Equals(EventHeader, StringComparison.OrdinalIgnoreCase)
        || header.Equals(DeliveryHeader, StringComparison.OrdinalIgnoreCase);

    public override string? DeliveryKey(WebhookHeaders headers, JsonView body) =>
        headers[DeliveryHeader] is { Length: > 0 } delivery ? Bounds.Key(delivery) : null;

    public override IEnumerable<Part> Parts(WebhookHeaders headers, ReadOnlyMemory<byte> body) =>
        headers.MediaType == FormType ? [new Part(headers, body, PayloadOf(body))] : base.Parts(headers, body);

    public override Normalised Normalise(WebhookHeaders headers, JsonView body)
    {
        if (headers[EventHeader] is not { Length: > 0 } name)
            throw new UnreadableException($"header {EventHeader}", "missing");
        if (!_events.TryGetValue(name, out var read))
            return new Normalised.Nothing($"{Bounds.Cut(name, 60)} is no change");
        return read(body) is { } change
            ? Normalised.Of(WithRepository(change with { Event = name }, body))
            : new Normalised.Nothing($"{name} {body["action"].Text()} is no change");
    }

    public override IReadOnlyDictionary<string, string> SampleHeaders(ReadOnlyMemory<byte> body, string? eventName) =>
        new Dictionary<string, string>(base.SampleHeaders(body, eventName))
        {
            [EventHeader] = eventName ?? GitHubEventName.Of(body),
            // the same file is the same delivery, as when GitHub sends one again
            [DeliveryHeader] = Bounds.Sha256(body.Span)[..32],
        };

    private DeployReported WithRepository(DeployReported change, JsonView body)
    {
        var repository = body["repository"]["full_name"].RequiredText();
        var mapped = _options.Services.FirstOrDefault(entry => entry.Key.Equals(repository, StringComparison.OrdinalIgnoreCase)).Value;
        return change with
        {
            Service = change.Service ?? mapped ?? repository,
            Facts = new Facts()
                .Add("repository", repository)
                .Add("action", body["action"])
                .Add("sender", body["sender"]["login"])
                .AddAll(change.Facts)
                .ToDictionary(),
        };
    }

    private static byte[] PayloadOf(ReadOnlyMemory<byte> form)
    {
        const string Name = "payload=";
        foreach (var field in Encoding.UTF8.GetString(form.Span).Split('&'))
        {
            if (field.StartsWith(Name, StringComparison.Ordinal))
            {
                var value = Encoding.UTF8.GetBytes(field[Name.Length..]);
                return WebUtility.UrlDecodeToBytes(value, 0, value.Length) ?? [];
            }
        }

        throw new NotJsonException("The form has no field 'payload'; set the webhook's content type to application/json.");
    }
}
