using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging.Abstractions;
using OpsBot.Contracts.Events;
using OpsBot.Contracts.Ports;
using OpsBot.Handlers.Training;
using OpsBot.Host.Configuration;
using OpsBot.Ingress;
using OpsBot.Ingress.Webhooks;
using OpsBot.Storage.Changes;
using OpsBot.Tests.Support;

namespace OpsBot.Tests.Storage;

/// <summary>From a sender's body into the tables, on the engine that keeps them: no text of a body may be refused by a column or by an index.</summary>
public sealed class HostileDeliveriesTests : IAsyncDisposable
{
    // an entry of an index holds about 2,700 bytes, after compression: these do not compress
    private const int KeyLength = 10_000;

    private readonly StoredDesk _desk = new();

    private readonly WebhookReader _reader;

    public HostileDeliveriesTests()
    {
        var options = new SendersOptions();
        Some.AllSendersAndMapped(options);
        _reader = new WebhookReader(Senders.Known(options, ShippedMappings.Library).Select(sender => sender.Format(options)), NullLogger<WebhookReader>.Instance);
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task No_text_of_any_body_is_refused_by_a_table()
    {
        var taken = 0;
        var refused = new List<string>();
        foreach (var (source, name, text) in Bodies())
        {
            foreach (var hostile in new[] { Long(1), "a\0b", "\0" })
            {
                for (var at = 0; At(JsonNode.Parse(text)!, at, hostile) is { } body; at++)
                {
                    try
                    {
                        taken += await TakeAsync(source, body, name);
                    }
                    catch (Exception failure)
                    {
                        refused.Add($"{source}: text {at}: {failure.Message}");
                    }
                }
            }
        }

        refused.ShouldBeEmpty();
        taken.ShouldBeGreaterThan(400);
    }

    [Fact]
    public async Task A_key_of_ten_thousand_characters_is_one_alert_and_its_end_finds_it()
    {
        await TakeAsync("cloudevents", Alert("1", Long(1), "firing"));
        await TakeAsync("cloudevents", Alert("2", Long(2), "firing"));
        await TakeAsync("cloudevents", Alert("3", Long(1), "resolved"));

        var alerts = (await _desk.IncidentsAsync()).Select(incident => _desk.DetailAsync(incident.Id).Result).SelectMany(detail => detail.Alerts).ToList();
        alerts.Select(alert => alert.Status).ShouldBe([AlertStatus.Resolved, AlertStatus.Firing], ignoreOrder: true);
        alerts.ShouldAllBe(alert => Encoding.UTF8.GetByteCount(alert.IncidentKey) < 800);
    }

    [Fact]
    public async Task A_delivery_whose_id_is_ten_thousand_characters_is_known_again()
    {
        (await AcceptAsync("cloudevents", Alert(Long(1), "k", "firing"))).ShouldBe([IntakeResult.Accepted]);
        (await AcceptAsync("cloudevents", Alert(Long(2), "k", "firing"))).ShouldBe([IntakeResult.Accepted]);
        (await AcceptAsync("cloudevents", Alert(Long(1), "k", "firing"))).ShouldBe([IntakeResult.Duplicate]);
    }

    [Fact]
    public async Task What_cannot_be_shown_is_seen_to_be_there()
    {
        await TakeAsync("cloudevents", Alert("1", "k", "firing").Replace("Disk is full", "Disk\\u0000is full", StringComparison.Ordinal));

        (await _desk.IncidentsAsync()).ShouldHaveSingleItem().Title.ShouldBe("Disk\uFFFDis full");
    }

    public ValueTask DisposeAsync() => _desk.DisposeAsync();

    /// <summary>Reads a body, stores it as the intake does, and does what its events are for. Returns the number of events.</summary>
    private async Task<int> TakeAsync(string source, string body, string? name = null)
    {
        await AcceptAsync(source, body, name);
        var events = Read(source, body, name).Select(read => read.Outcome).OfType<Normalised.Events>().SelectMany(outcome => outcome.Items).ToList();
        foreach (var item in events)
        {
            await _desk.InAsync(async scope =>
            {
                switch (item.Record)
                {
                    case AlertReported alert:
                        await _desk.Desk.TakeAsync(alert, scope);
                        break;
                    case DeployReported change:
                        await ChangeTable.SaveAsync(scope.Transaction, change);
                        await _desk.Desk.TakeAsync(change, scope);
                        break;
                    default:
                        await RecordTrainingJob.TakeAsync((TrainingJobReported)item.Record, _desk.Desk, scope);
                        break;
                }
            });
        }

        return events.Count;
    }

    private async Task<IReadOnlyList<IntakeResult>> AcceptAsync(string source, string body, string? name = null)
    {
        var results = new List<IntakeResult>();
        foreach (var read in Read(source, body, name))
        {
            results.Add(read.Outcome is Normalised.Unreadable why
                ? await _desk.Store.Intake.QuarantineAsync(read.ToQuarantine(why), Token)
                : await _desk.Store.Intake.AcceptAsync(read.ToDelivery(), Token));
        }

        return results;
    }

    private IReadOnlyList<ReadDelivery> Read(string source, string body, string? name) => _reader.Read(
        source, name is null ? new Dictionary<string, string>() : new Dictionary<string, string> { ["X-GitHub-Event"] = name }, Encoding.UTF8.GetBytes(body), Some.ReceivedAt);

    /// <summary>What is kept together in one index is long together.</summary>
    private static string Alert(string id, string key, string status) => Some.CloudEvent(
        "opsbot.alert.v1",
        $$"""{"key":"{{key}}","fingerprint":"{{key}}","status":"{{status}}","title":"Disk is full","service":"{{key}}","environment":"{{key}}","severity":"high"}""",
        id).ToJsonString();

    /// <summary>The same for the same number; the others differ at the end only.</summary>
    private static string Long(int number)
    {
        var random = new Random(20260302);
        return string.Concat(Enumerable.Range(0, KeyLength).Select(_ => (char)random.Next(0x4E00, 0x9FA0))) + number;
    }

    /// <summary>The body with its <paramref name="index"/>-th text replaced; null where it has no more.</summary>
    private static string? At(JsonNode body, int index, string hostile)
    {
        if (Texts(body).Skip(index).FirstOrDefault() is not { } text)
        {
            return null;
        }

        text.ReplaceWith(JsonValue.Create(hostile));
        return body.ToJsonString();
    }

    private static IEnumerable<JsonNode> Texts(JsonNode? node) => node switch
    {
        JsonObject record => record.SelectMany(member => Texts(member.Value)),
        JsonArray array => array.SelectMany(Texts),
        JsonValue value when value.GetValueKind() is JsonValueKind.String or JsonValueKind.Number => [value],
        _ => [],
    };

    private static IEnumerable<(string Source, string? Event, string Body)> Bodies() =>
    [
        ("pagerduty", null, Some.PagerDutyBody().ToJsonString()),
        ("alertmanager", null, Some.AlertmanagerBody().ToJsonString()),
        ("grafana", null, Some.GrafanaBody().ToJsonString()),
        ("grafana", null, Some.LegacyGrafanaBody().ToJsonString()),
        ("github", "deployment_status", Some.GitHubDeploymentStatus("success").ToJsonString()),
        ("github", "push", Some.GitHubPush().ToJsonString()),
        ("cloudevents", null, Some.CloudEvent("opsbot.alert.v1", """{"key":"k","fingerprint":"f","status":"firing","title":"t","service":"s","environment":"e","groupKey":"g","labels":{"a":"b"}}""").ToJsonString()),
        ("cloudevents", null, Some.CloudEvent("opsbot.deploy.v1", """{"key":"k","status":"succeeded","service":"s","environment":"e","version":"v"}""").ToJsonString()),
        ("cloudevents", null, Some.CloudEvent("opsbot.training.v1", """{"key":"k","name":"n","status":"failed","user":"u","environment":"e","reason":"r"}""").ToJsonString()),
        ("pagerduty-events", null, Some.PagerDutyEvent),
        ("datadog", null, Some.DatadogBody),
        ("newrelic", null, Some.NewRelicBody),
        ("azure-monitor", null, Some.AzureBody),
        ("opsgenie", null, Some.OpsgenieBody),
        ("zenduty", null, Some.ZendutyBody),
        ("my-tool", null, Some.ListBody),
    ];
}
