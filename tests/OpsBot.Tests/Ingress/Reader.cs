using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging.Abstractions;
using OpsBot.Contracts.Events;
using OpsBot.Host.Configuration;
using OpsBot.Ingress;
using OpsBot.Ingress.Webhooks;
using OpsBot.Tests.Support;

namespace OpsBot.Tests.Ingress;

/// <summary>Reads bodies without HTTP.</summary>
internal static class Reader
{
    public static IReadOnlyList<ReadDelivery> Read(
        string source, string body, IReadOnlyDictionary<string, string>? headers = null, Action<SendersOptions>? configure = null) =>
        Read(source, Encoding.UTF8.GetBytes(body), headers, configure);

    public static IReadOnlyList<ReadDelivery> Read(
        string source, byte[] body, IReadOnlyDictionary<string, string>? headers = null, Action<SendersOptions>? configure = null)
    {
        var options = new SendersOptions();
        Some.AllSenders(options);
        configure?.Invoke(options);
        var reader = new WebhookReader(Senders.Known(options, ShippedMappings.Library).Select(sender => sender.Format(options)), NullLogger<WebhookReader>.Instance);
        return reader.Read(source, headers ?? new Dictionary<string, string>(), body, Some.ReceivedAt);
    }

    public static Normalised Outcome(string source, JsonNode body, string? gitHubEvent = null, Action<SendersOptions>? configure = null) =>
        Read(source, body.ToJsonString(), GitHubHeaders(gitHubEvent), configure).ShouldHaveSingleItem().Outcome;

    public static IReadOnlyList<AlertReported> Alerts(string source, JsonNode body) => Records<AlertReported>(Outcome(source, body));

    public static AlertReported Alert(string source, JsonNode body) => Alerts(source, body).ShouldHaveSingleItem();

    public static DeployReported Change(JsonNode body, string gitHubEvent, Action<SendersOptions>? configure = null) =>
        Records<DeployReported>(Outcome("github", body, gitHubEvent, configure)).ShouldHaveSingleItem();

    public static Normalised.Unreadable Unreadable(string source, JsonNode body, string? gitHubEvent = null) =>
        Outcome(source, body, gitHubEvent).ShouldBeOfType<Normalised.Unreadable>();

    public static IReadOnlyList<T> Records<T>(Normalised outcome) =>
        [.. outcome.ShouldBeOfType<Normalised.Events>().Items.Select(item => item.Record.ShouldBeOfType<T>())];

    private static Dictionary<string, string> GitHubHeaders(string? name) =>
        name is null ? [] : new Dictionary<string, string> { ["X-GitHub-Event"] = name, ["X-GitHub-Delivery"] = "d-1" };
}
