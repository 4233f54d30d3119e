using System.Net;
using System.Text;
using System.Text.Json;
using OpsBot.Contracts;
using OpsBot.Contracts.Incidents;
using OpsBot.IntegrationTests.Support;
using Shouldly;
using Xunit;

namespace OpsBot.IntegrationTests.Serving;

/// <summary>Senders that only a shipped mapping knows, at the doors of the real program, into each store: an alert opens its incident, and its end resolves it.</summary>
public sealed class MappedSendersTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>, IDisposable
{
    private const string Token = "a-token-of-the-test";

    /// <summary>Each with its way to prove itself; <c>@</c> stands for the word that says what happened.</summary>
    private static readonly Case[] Cases =
    [
        new("pagerduty-events", "Rack 7 is hot", "ventilation", "prod-pe", "trigger", "resolve", """
            {"routing_key":"ignored","event_action":"@","dedup_key":"rack-7","payload":{"summary":"Rack 7 is hot","source":"sensor-7","severity":"critical",
             "component":"ventilation","timestamp":"2026-03-02T08:15:00Z","custom_details":{"environment":"prod-pe","celsius":41}}}
            """),
        new("datadog", "[Triggered] Queue is long", "mail", "prod-dd", "Triggered", "Recovered", """
            {"id":"dd-@","event_type":"query_alert_monitor","title":"[Triggered] Queue is long","date":"1772439300000","body":"4,200 wait","tags":"service:mail,env:prod-dd",
             "alert":{"alert_id":"901","alert_scope":"queue:out","alert_transition":"@","alert_type":"error"}}
            """),
        new("newrelic", "Login takes long", null, "prod-nr", "ACTIVATED", "CLOSED", """
            {"issueId":"nr-55","issuePageUrl":"https://newrelic.test/nr-55","title":"Login takes long","priority":"HIGH","state":"@","trigger":"@",
             "createdAt":1772439300000,"updatedAt":1772439400000,"accumulations":{"tag":{"env":["prod-nr"]}}}
            """),
        new("azure-monitor", "disk-nearly-full", null, "prod-az", "Fired", "Resolved", """
            {"schemaId":"azureMonitorCommonAlertSchema","data":{"essentials":{"alertId":"/subscriptions/x/alerts/77","alertRule":"disk-nearly-full","severity":"Sev1",
             "signalType":"Metric","monitorCondition":"@","firedDateTime":"2026-03-02T08:15:00Z","resolvedDateTime":"2026-03-02T08:16:00Z"},
             "customProperties":{"environment":"prod-az"}}}
            """),
        new("opsgenie", "Backups are late", "backup", "prod-og", "Create", "Close", """
            {"action":"@","alert":{"alertId":"og-3","message":"Backups are late","tags":["night"],"createdAt":1772439300000,"updatedAt":1772439400000,"priority":"P2",
             "details":{"service":"backup","environment":"prod-og"}},"integrationName":"opsbot"}
            """),
        new("zenduty", "Card payments fail", "Payments", "default", "triggered", "resolved", """
            {"payload":{"event_type":"@","incident":{"incident_number":12,"unique_id":"zd-12","title":"Card payments fail","summary":"all of them","urgency":1,
             "service":{"name":"Payments"}}}}
            """),
    ];

    private readonly DataFolder _folder = new();
    private readonly HttpClient _http = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _http.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Every_mapping_that_ships_opens_and_resolves_an_incident(bool onPostgres)
    {
        LongRun.Require();
        var config = await ConfigAsync(onPostgres);
        await using var opsbot = await OpsBotProcess.ServeAsync(_folder, config, Cancel);
        var to = await opsbot.Webhooks;

        foreach (var one in Cases)
        {
            (await PostAsync(to, one.Sender, one.Body.Replace("@", one.Fires, StringComparison.Ordinal), "another-token")).ShouldBe(HttpStatusCode.Unauthorized, one.Sender);
            await TakenAsync(to, one.Sender, one.Body.Replace("@", one.Fires, StringComparison.Ordinal));
        }

        var open = await UntilAsync(config, Cases.Length, IncidentStatus.Open);
        open.Select(incident => (incident.Title, incident.Service, incident.Environment)).ShouldBe(
            Cases.Select(one => (one.Title, one.Service, one.Environment)), ignoreOrder: true);
        open.ShouldAllBe(incident => incident.Firing == 1 && incident.Events == 1);

        foreach (var one in Cases)
            await TakenAsync(to, one.Sender, one.Body.Replace("@", one.Ends, StringComparison.Ordinal));
        await UntilAsync(config, Cases.Length, IncidentStatus.Resolved);

        // what no column and no index could hold as it comes
        await TakenAsync(to, "opsgenie", Hostile("Create", 1));
        await TakenAsync(to, "opsgenie", Hostile("Create", 2));
        await TakenAsync(to, "opsgenie", Hostile("Close", 1));
        var two = await OpsBotProgram.UntilAsync(
            async () => (await IncidentsAsync(config)).Where(incident => incident.Title.StartsWith("Disk", StringComparison.Ordinal)).ToList() is { } found
                && found.Select(incident => incident.Status).Order().SequenceEqual([IncidentStatus.Open, IncidentStatus.Resolved]) ? found : null,
            "one of two incidents to be resolved", Cancel);
        two.ShouldAllBe(incident => incident.Title == "Disk\uFFFDis full");
        var messages = await OpsBotProgram.RunAsync(_folder, Cancel, "messages", "--json", "--config", config);
        using var counts = JsonDocument.Parse(messages.Output);
        (counts.RootElement.GetProperty("dead").GetInt64(), counts.RootElement.GetProperty("quarantined").GetInt64()).ShouldBe((0, 0), messages.ToString());
        (await opsbot.TerminateAsync(Cancel)).ShouldBe(0, opsbot.Errors);
    }

    /// <summary>Texts with U+0000, and an identity of ten thousand characters whose end only is its own.</summary>
    private static string Hostile(string action, int number)
    {
        var random = new Random(7);
        var identity = string.Concat(Enumerable.Range(0, 10_000).Select(_ => (char)random.Next(0x4E00, 0x9FA0)));
        return $$"""
            {"action":"{{action}}","alert":{"alertId":"{{identity}}{{number}}","alias":"{{identity}}","message":"Disk\u0000is full","priority":"P1","description":"\u0000",
             "createdAt":1772439300000,"updatedAt":1772439400000,"tags":["a\u0000b"],"details":{"service":"s\u0000{{number}}","environment":"e\u0000{{number}}","x\u0000":"\u0000"} } }
            """;
    }

    private async Task<string> ConfigAsync(bool onPostgres)
    {
        var store = onPostgres ? $"store: {{ postgres: \"{(await postgres.ServerAsync()).PostgresOf(await postgres.DatabaseAsync())}\" }}" : "";
        return _folder.Write("opsbot.yaml", $$"""
            senders:
              mapped:
                pagerduty-events: { query: { name: token, token: {{Token}} } }
                datadog: { bearer: {{Token}} }
                newrelic: { bearer: {{Token}} }
                azure-monitor: { query: { name: token, token: {{Token}} } }
                opsgenie: { bearer: {{Token}} }
                zenduty: { query: { name: token, token: {{Token}} }, service: "{payload.incident.service.name}" }
            incidents: { diagnoseAfter: 100ms }
            {{store}}

            """);
    }

    private Task TakenAsync(Uri to, string sender, string body) => OpsBotProgram.UntilAsync(
        async () => await PostAsync(to, sender, body, Token) switch
        {
            HttpStatusCode.Accepted => "taken",
            HttpStatusCode.ServiceUnavailable => null, // a busy machine: senders come again
            var other => throw new InvalidOperationException($"{sender} was answered {(int)other}"),
        },
        $"{sender} to be taken", Cancel);

    private async Task<HttpStatusCode> PostAsync(Uri to, string sender, string body, string token)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(to, $"/webhooks/{sender}?token={token}"));
        request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        request.Headers.Authorization = new("Bearer", token);
        using var response = await _http.SendAsync(request, Cancel);
        return response.StatusCode;
    }

    private Task<List<Incident>> UntilAsync(string config, int number, IncidentStatus status) => OpsBotProgram.UntilAsync(
        async () => (await IncidentsAsync(config)).Where(incident => incident.Status == status).ToList() is { } found && found.Count == number ? found : null,
        $"{number} incidents that are {status}", Cancel);

    private async Task<List<Incident>> IncidentsAsync(string config)
    {
        var read = await OpsBotProgram.RunAsync(_folder, Cancel, "incidents", "--json", "--all", "--config", config);
        read.ExitCode.ShouldBe(0, read.ToString());
        return JsonSerializer.Deserialize<List<Incident>>(read.Output, OpsBotJson.Options)!;
    }

    private sealed record Case(string Sender, string Title, string? Service, string Environment, string Fires, string Ends, string Body);
}
