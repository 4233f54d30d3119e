using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using OpsBot.IntegrationTests.Support;
using Shouldly;
using Xunit;

namespace OpsBot.IntegrationTests.Telemetry;

/// <summary><c>/metrics</c> of a real process, read as Prometheus reads it.</summary>
public sealed class MetricsTests : IDisposable
{
    private const string Promtool = "/usr/bin/promtool";
    private const string Token = "a-token-of-the-scraper";

    private readonly DataFolder _folder = new();
    private readonly HttpClient _http = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _http.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task What_happens_is_counted_and_promtool_finds_nothing_to_say_against_it()
    {
        ServerProcess.Require(Promtool);
        await using var opsbot = await OpsBotProcess.ServeAsync(_folder, _folder.Write("opsbot.yaml", $"{AlertSender.Senders}\nincidents: {{ diagnoseAfter: 1s }}\n"), Cancel);
        var (webhooks, console) = (await opsbot.Webhooks, await opsbot.Console);
        var before = await ScrapeAsync(console);
        before["opsbot_intake_deliveries_total{source=\"cloudevents\",outcome=\"accepted\"}"].ShouldBe(0, "a sender that is configured is there before its first delivery");

        using var sender = new AlertSender();
        (await sender.PostAsync(webhooks, "one", Cancel)).Status.ShouldBe(HttpStatusCode.Accepted);
        (await sender.PostAsync(webhooks, "two", Cancel)).Status.ShouldBe(HttpStatusCode.Accepted);
        (await sender.PostAsync(webhooks, "two", Cancel)).Status.ShouldBe(HttpStatusCode.Accepted);
        (await sender.PostAsync(webhooks, "", Cancel)).Status.ShouldBe(HttpStatusCode.Accepted, "what cannot be read is kept");
        (await _http.PostAsync(new Uri(webhooks, "/webhooks/cloudevents"), null, Cancel)).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);

        var after = await OpsBotProgram.UntilAsync(
            async () => await ScrapeAsync(console) is var seen
                && seen.GetValueOrDefault("opsbot_diagnosis_seconds_count{outcome=\"abstained\"}") == 2 && seen.GetValueOrDefault("opsbot_incidents{status=\"open\"}") == 2
                && seen.GetValueOrDefault("opsbot_handling_seconds_count{kind=\"thread.post-reply\",outcome=\"handled\"}") >= 2 ? seen : null,
            "both alerts to be diagnosed and posted",
            Cancel);
        after["opsbot_intake_deliveries_total{source=\"cloudevents\",outcome=\"accepted\"}"].ShouldBe(2);
        after["opsbot_intake_deliveries_total{source=\"cloudevents\",outcome=\"duplicate\"}"].ShouldBe(1);
        after["opsbot_intake_deliveries_total{source=\"cloudevents\",outcome=\"quarantined\"}"].ShouldBe(1);
        after["opsbot_intake_request_seconds_count{source=\"cloudevents\",code=\"202\"}"].ShouldBe(4);
        after["opsbot_intake_request_seconds_count{source=\"cloudevents\",code=\"401\"}"].ShouldBe(1);
        after["opsbot_handling_seconds_count{kind=\"alert.reported\",outcome=\"handled\"}"].ShouldBe(2);
        after["opsbot_handling_seconds_bucket{kind=\"alert.reported\",outcome=\"handled\",le=\"+Inf\"}"].ShouldBe(2);
        after["opsbot_chat_post_seconds_count{surface=\"web\",what=\"thread\",outcome=\"posted\"}"].ShouldBeGreaterThanOrEqualTo(2);
        after["opsbot_quarantined"].ShouldBe(1);
        after["opsbot_dependency_up{dependency=\"store\"}"].ShouldBe(1);
        after["opsbot_dependency_up{dependency=\"bus\"}"].ShouldBe(1);
        after["opsbot_store_writes_total"].ShouldBeGreaterThan(before["opsbot_store_writes_total"]);
        after["opsbot_store_commit_seconds_count"].ShouldBeGreaterThan(0);
        after.Keys.ShouldContain(key => key.StartsWith("opsbot_build_info{version=", StringComparison.Ordinal));
        var checkedBy = await CheckAsync(await _http.GetStringAsync(new Uri(console, "/metrics"), Cancel));
        checkedBy.ShouldBe((0, ""));
    }

    [Fact]
    public async Task Whoever_reaches_the_webhooks_cannot_read_them_and_a_listener_of_their_own_wants_its_token()
    {
        await using var opsbot = await OpsBotProcess.ServeAsync(_folder, _folder.Write("opsbot.yaml", $$"""
            {{AlertSender.Senders}}
            telemetry: { metrics: { urls: "http://127.0.0.1:0", token: {{Token}} } }
            """), Cancel);
        var own = new Uri(opsbot.Errors.Split('\n').Single(line => line.Contains("Metrics on http", StringComparison.Ordinal)).Split("Metrics on ")[1].Trim());

        (await StatusAsync(await opsbot.Webhooks, null)).ShouldBe(HttpStatusCode.NotFound);
        (await StatusAsync(own, null)).ShouldBe(HttpStatusCode.Unauthorized);
        (await StatusAsync(own, Token + "!")).ShouldBe(HttpStatusCode.Unauthorized);
        (await StatusAsync(own, Token)).ShouldBe(HttpStatusCode.OK);
        (await StatusAsync(await opsbot.Console, null)).ShouldBe(HttpStatusCode.OK, "the console is on loopback, where everybody reads");
    }

    [Fact]
    public async Task An_exposed_console_shows_them_to_nobody_who_has_not_logged_in()
    {
        var config = _folder.Write("opsbot.yaml", $"{AlertSender.Senders}\nconsole: {{ token: a-token-of-the-readers, allowedHosts: [ops.example.com] }}\n");
        await using var opsbot = await OpsBotProcess.ServeAsync(_folder, config, Cancel);
        using var handler = new HttpClientHandler { AllowAutoRedirect = false };
        using var http = new HttpClient(handler);

        using var answer = await http.GetAsync(new Uri(await opsbot.Console, "/metrics"), Cancel);

        (answer.StatusCode, await answer.Content.ReadAsStringAsync(Cancel)).ShouldBe((HttpStatusCode.Redirect, ""));
    }

    [Fact]
    public async Task A_listener_that_others_reach_does_not_start_without_a_token()
    {
        var config = _folder.Write("opsbot.yaml", "telemetry:\n  metrics:\n    urls: http://0.0.0.0:0\n");

        var ended = await OpsBotProgram.RunAsync(_folder, Cancel, "serve", "--config", config, "--urls", "http://127.0.0.1:0", "--console-urls", "http://127.0.0.1:0");

        ended.ExitCode.ShouldBe(2, ended.ToString());
        ended.Error.ShouldContain("opsbot.yaml:3: telemetry.metrics.urls: others can reach 'http://0.0.0.0:0': set telemetry.metrics.token");
    }

    /// <summary>Every sample by its name and labels, as it is written.</summary>
    private async Task<Dictionary<string, double>> ScrapeAsync(Uri of) => (await _http.GetStringAsync(new Uri(of, "/metrics"), Cancel)).Split('\n')
        .Where(line => line.Length > 0 && line[0] != '#')
        .ToDictionary(line => line[..line.LastIndexOf(' ')], line => double.Parse(line[(line.LastIndexOf(' ') + 1)..], System.Globalization.CultureInfo.InvariantCulture));

    private async Task<HttpStatusCode> StatusAsync(Uri of, string? token)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(of, "/metrics"));
        request.Headers.Authorization = token is null ? null : new AuthenticationHeaderValue("Bearer", token);
        using var answer = await _http.SendAsync(request, Cancel);
        return answer.StatusCode;
    }

    private static async Task<(int Status, string Complaints)> CheckAsync(string page)
    {
        var info = new ProcessStartInfo(Promtool, ["check", "metrics"]) { RedirectStandardInput = true, RedirectStandardError = true, RedirectStandardOutput = true, UseShellExecute = false };
        using var promtool = Process.Start(info)!;
        await promtool.StandardInput.WriteAsync(page);
        promtool.StandardInput.Close();
        var said = await promtool.StandardError.ReadToEndAsync(Cancel) + await promtool.StandardOutput.ReadToEndAsync(Cancel);
        await promtool.WaitForExitAsync(Cancel);
        return (promtool.ExitCode, said);
    }
}
