using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using OpsBot.Contracts;
using OpsBot.Contracts.Incidents;
using OpsBot.Contracts.Messages;
using OpsBot.Contracts.Ports;
using OpsBot.IntegrationTests.Support;
using Shouldly;
using Xunit;

namespace OpsBot.IntegrationTests.Serving;

/// <summary>The real executable, driven as an operator and as senders drive it.</summary>
public sealed class ServingTests : IDisposable
{
    private const string Secret = "a-signing-secret-of-the-test";

    private const string Configuration = $$"""
        senders:
          pagerduty: { secrets: [ {{Secret}} ] }
          cloudevents: { bearer: {{Secret}} }
        incidents: { diagnoseAfter: 1s }
        """;

    private readonly DataFolder _folder = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_sender_without_a_secret_keeps_it_from_starting_and_is_named_with_its_line()
    {
        var config = _folder.Write("open.yaml", "listen:\n  urls: http://127.0.0.1:0\nsenders:\n  pagerduty:\n    maxBodyMiB: 4\n");

        var ended = await ServeToItsEndAsync("--config", config);

        ended.ExitCode.ShouldBe(2, ended.ToString());
        ended.Error.ShouldContain("senders.pagerduty");
        ended.Error.ShouldMatch(@"open\.yaml:[45]: senders\.pagerduty", ended.ToString());
        ended.Error.ShouldNotContain("   at ", customMessage: ended.ToString());
        Directory.Exists(_folder.Data).ShouldBeFalse("what does not start leaves nothing behind");
    }

    [Fact]
    public async Task A_console_that_others_can_reach_is_refused_without_a_token()
    {
        var ended = await ServeToItsEndAsync("--config", Config(), "--urls", "http://127.0.0.1:0", "--console-urls", "http://0.0.0.0:0");

        ended.ExitCode.ShouldBe(2, ended.ToString());
        ended.Error.ShouldContain("--console-urls: The console would listen on http://0.0.0.0:0, which others can reach, and nobody could log in. Set console.token");
        ended.Error.ShouldContain("opsbot config check");
        ended.Error.ShouldNotContain("   at ", customMessage: ended.ToString());
    }

    [Theory]
    [InlineData("--urls", "--console-urls")]
    [InlineData("--console-urls", "--urls")]
    public async Task A_port_in_use_is_named_without_a_trace(string taken, string free)
    {
        using var occupant = new TcpListener(IPAddress.Loopback, 0);
        occupant.Start();
        var port = ((IPEndPoint)occupant.LocalEndpoint).Port.ToString(CultureInfo.InvariantCulture);

        var ended = await ServeToItsEndAsync("--config", Config(), taken, $"http://127.0.0.1:{port}", free, "http://127.0.0.1:0");

        ended.ExitCode.ShouldBe(1, ended.ToString());
        ended.Error.ShouldContain(port);
        ended.Error.ShouldContain("in use");
        ended.Error.ShouldNotContain("   at ", customMessage: ended.ToString());
    }

    [Fact]
    public async Task A_signed_delivery_becomes_one_incident_and_whatever_else_comes_is_accounted_for()
    {
        var config = Config();
        await using var opsbot = await OpsBotProcess.ServeAsync(_folder, config, Cancel);
        var to = (await opsbot.Webhooks).ToString();
        var file = _folder.Write("triggered.json", PagerDuty("01PROOFEVENT"));

        var sent = await OpsBotProgram.RunAsync(_folder, Cancel, "send", file, "--as", "pagerduty", "--to", to, "--config", config);
        sent.ExitCode.ShouldBe(0, sent.ToString());
        sent.Error.ShouldContain("202");
        await OpsBotProgram.UntilAsync(() => Task.FromResult(_folder.Store.Pending() == 0 ? "all" : null), "everything handled", Cancel);
        var incident = (await IncidentsAsync(config)).ShouldHaveSingleItem();
        (incident.Title, incident.Status, incident.Events).ShouldBe(("Checkout is slow", IncidentStatus.Open, 1));

        // the same delivery once more changes nothing, not even a count
        var before = _folder.Store.Lines("select id, state from incidents union all select id, body from messages");
        var again = await OpsBotProgram.RunAsync(_folder, Cancel, "send", file, "--as", "pagerduty", "--to", to, "--config", config);
        again.ExitCode.ShouldBe(0, again.ToString());
        _folder.Store.Pending().ShouldBe(0);
        _folder.Store.Lines("select id, state from incidents union all select id, body from messages").ShouldBe(before);

        var forged = await OpsBotProgram.RunAsync(
            _folder, Cancel, "send", file, "--as", "pagerduty", "--to", to, "--config", Config("somebody-elses-signing-secret"));
        forged.ExitCode.ShouldBe(1, forged.ToString());
        forged.Error.ShouldContain("401");

        await PostAsync(to, """{"specversion":"1.0","id":"odd-1","source":"/proof","type":"opsbot.alert.v1","data":{"key":"k","status":"burning","title":"t"}}""");
        var quarantined = await OpsBotProgram.RunAsync(_folder, Cancel, "messages", "quarantined", "--config", config);
        quarantined.ExitCode.ShouldBe(0, quarantined.ToString());
        quarantined.Output.ShouldContain("data.status");
        quarantined.Output.ShouldContain("burning");

        // refusals are written in batches
        await OpsBotProgram.UntilAsync(() => Task.FromResult(_folder.Store.Count("select count(*) from refused") > 0 ? "counted" : null), "the refusal counted", Cancel);
        var counts = await CountsAsync(config);
        counts.Refused.ShouldBe(new Dictionary<string, long> { ["pagerduty"] = 1 });
        (counts.Dead, counts.Quarantined, counts.Waiting, counts.Leased).ShouldBe((0, 1, 0, 0));
        (await IncidentsAsync(config)).ShouldHaveSingleItem().Events.ShouldBe(1);

        var clock = TimeProvider.System.GetTimestamp();
        (await opsbot.TerminateAsync(Cancel)).ShouldBe(0, opsbot.Errors);
        TimeProvider.System.GetElapsedTime(clock).ShouldBeLessThan(TimeSpan.FromSeconds(10));
        opsbot.Errors.ShouldNotContain("   at ");
    }

    [Fact]
    public async Task Two_on_one_data_folder_share_the_work_and_do_nothing_twice()
    {
        const int Alerts = 60;
        var config = Config();
        await using var one = await OpsBotProcess.ServeAsync(_folder, config, Cancel);
        await using var two = await OpsBotProcess.ServeAsync(_folder, config, Cancel);
        var doors = new[] { (await one.Webhooks).ToString(), (await two.Webhooks).ToString() };

        await Parallel.ForEachAsync(Enumerable.Range(0, Alerts), new ParallelOptions { MaxDegreeOfParallelism = 6, CancellationToken = Cancel }, async (i, _) =>
        {
            // each delivery at both doors
            var body = $$$"""
                {"specversion":"1.0","id":"two-{{{i}}}","source":"/proof","type":"opsbot.alert.v1",
                 "data":{"key":"key-{{{i % 20}}}","status":"firing","title":"Orders fail","service":"orders","severity":"critical"}}
                """;
            await PostAsync(doors[i % 2], body);
            await PostAsync(doors[(i + 1) % 2], body);
        });
        // not the second look at the incident: that is taken a minute after the first, and nobody waits for it here
        await OpsBotProgram.UntilAsync(
            () => Task.FromResult(
                _folder.Store.Count($"select count(*) from messages where handled_at is null and dead_at is null and kind <> '{DiagnoseIncident.Kind}'") == 0 ? "all" : null),
            "everything handled", Cancel);

        _folder.Store.Lines("select id, kind, error from messages where dead_at is not null").ShouldBeEmpty();
        _folder.Store.Count("select count(*) from messages where kind = 'alert.reported'").ShouldBe(Alerts);
        _folder.Store.Count("select count(*) from incidents").ShouldBe(1);
        _folder.Store.Count("select count(*) from incident_alerts").ShouldBe(20);
        _folder.Store.Count("select sum(json_extract(state, '$.count')) from incident_alerts").ShouldBe(Alerts);
        _folder.Store.Count("select count(*) from incident_joins").ShouldBe(20);
        (await one.TerminateAsync(Cancel)).ShouldBe(0, one.Errors);
        (await two.TerminateAsync(Cancel)).ShouldBe(0, two.Errors);
    }

    /// <summary>Posts until it is taken, as senders do: the two share one write lock, and on a busy machine one may have to wait for longer than senders are left waiting.</summary>
    private static Task PostAsync(string to, string body) => OpsBotProgram.UntilAsync(
        async () =>
        {
            using var http = new HttpClient();
            using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(new Uri(to), "/webhooks/cloudevents"));
            request.Content = new StringContent(body, Encoding.UTF8, "application/cloudevents+json");
            request.Headers.Authorization = new("Bearer", Secret);
            using var response = await http.SendAsync(request, Cancel);
            response.StatusCode.ShouldBeOneOf(HttpStatusCode.Accepted, HttpStatusCode.ServiceUnavailable);
            return response.StatusCode == HttpStatusCode.Accepted ? "taken" : null;
        },
        "a delivery to be taken", Cancel);

    private static string PagerDuty(string eventId) => $$"""
        {"event":{"id":"{{eventId}}","event_type":"incident.triggered","resource_type":"incident","occurred_at":"2026-03-01T10:00:05.250Z",
          "agent":null,"client":null,
          "data":{"id":"Q1PROOF","type":"incident","html_url":"https://acme.pagerduty.test/incidents/Q1PROOF","number":12,"status":"triggered",
            "incident_key":"checkout/latency","created_at":"2026-03-01T10:00:00Z","title":"Checkout is slow",
            "service":{"id":"PSVC","summary":"Checkout","type":"service_reference"},"assignees":[],"priority":null,"urgency":"high","resolve_reason":null} } }
        """;

    private string Config(string secret = Secret) =>
        _folder.Write($"opsbot-{secret}.yaml", Configuration.Replace(Secret, secret, StringComparison.Ordinal));

    private Task<Finished> ServeToItsEndAsync(params string[] arguments) => OpsBotProgram.RunAsync(_folder, Cancel, ["serve", .. arguments]);

    private async Task<List<Incident>> IncidentsAsync(string config)
    {
        var read = await OpsBotProgram.RunAsync(_folder, Cancel, "incidents", "--json", "--all", "--data", _folder.Data, "--config", config);
        read.ExitCode.ShouldBe(0, read.ToString());
        return JsonSerializer.Deserialize<List<Incident>>(read.Output, OpsBotJson.Options)!;
    }

    private async Task<MessageCounts> CountsAsync(string config)
    {
        var read = await OpsBotProgram.RunAsync(_folder, Cancel, "messages", "--json", "--config", config);
        read.ExitCode.ShouldBe(0, read.ToString());
        return JsonSerializer.Deserialize<MessageCounts>(read.Output, OpsBotJson.Options)!;
    }
}
