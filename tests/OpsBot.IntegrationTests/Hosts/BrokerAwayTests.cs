using System.Net;
using OpsBot.IntegrationTests.Support;
using OpsBot.RealServers;
using Shouldly;
using Xunit;

namespace OpsBot.IntegrationTests.Hosts;

/// <summary>A real RabbitMQ that is away when a host starts, and again later.</summary>
public sealed class BrokerAwayTests
{
    private const string Unhandled = "select count(*) from messages where handled_at is null";

    /// <summary>Alerts in each of four moments.</summary>
    private const int Each = 20;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Events_are_taken_all_the_same_and_go_out_when_it_is_there_and_a_host_stops_in_order_without_it()
    {
        // the chaos sample restarts the broker under three hosts; here it is waited for
        LongRun.Require();
        await using var servers = await SharedServers.StartAsync(Cancel);
        await servers.KillBrokerAsync(Cancel);
        using var folder = new DataFolder();
        using var sender = new AlertSender();
        await using var host = await OpsBotProcess.ServeAsync(
            folder,
            folder.Write("opsbot.yaml", $$"""
                {{AlertSender.Senders}}
                {{servers.Sections}}
                messages: { lease: 5s, backoff: 100ms }
                incidents: { maxDiagnoses: 1, diagnoseAfter: 100ms }
                """),
            Cancel);
        await SendAsync(sender, host, 0);
        await AwayAsync(sender, host, 1);
        (await servers.CountAsync(Unhandled, Cancel)).ShouldBe(Each);
        // longer than anybody gives a start who gives up
        await Task.Delay(TimeSpan.FromSeconds(90), TimeProvider.System, Cancel);
        await servers.StartBrokerAsync(Cancel);
        await HandledAsync(servers, host, Each);

        // All that it has in hand and all that lies at the broker is cut off at once.
        await SendAsync(sender, host, Each);
        await servers.KillBrokerAsync(Cancel);
        await SendAsync(sender, host, 2 * Each);
        await AwayAsync(sender, host, 2);
        await servers.StartBrokerAsync(Cancel);
        await HandledAsync(servers, host, 3 * Each);

        await SendAsync(sender, host, 3 * Each);
        await servers.KillBrokerAsync(Cancel);
        (await host.TerminateAsync(Cancel)).ShouldBe(0, host.Errors);
        // whoever reads the log sees what happened, and not each message that it happened to
        Lines(host, "The broker is back after ").ShouldBe(2);
        Lines(host, "").ShouldBeLessThan(60, host.Errors);
        Lines(host, "   at ").ShouldBe(0, host.Errors);
        host.Errors.ShouldNotContain("guest:guest");
    }

    private static int Lines(OpsBotProcess host, string with) => host.Errors.Split('\n').Count(line => line.Contains(with, StringComparison.Ordinal));

    private static async Task SendAsync(AlertSender sender, OpsBotProcess host, int from)
    {
        for (var at = from; at < from + Each; at++)
        {
            (await sender.PostAsync(await host.Webhooks, $"a{at}", Cancel)).Status.ShouldBe(HttpStatusCode.Accepted);
        }
    }

    /// <summary>/readyz names it, and the log has said so for the <paramref name="time"/>th time.</summary>
    private static async Task AwayAsync(AlertSender sender, OpsBotProcess host, int time)
    {
        var to = await host.Webhooks;
        await OpsBotProgram.UntilAsync(
            async () => await sender.HealthAsync(to, Cancel, "/readyz") is (HttpStatusCode.ServiceUnavailable, var text) && text.StartsWith("store: ok\nbus: ", StringComparison.Ordinal) ? "away" : null,
            "/readyz to name the bus",
            Cancel);
        await OpsBotProgram.UntilAsync(() => Task.FromResult(Lines(host, "The broker is away.") == time ? "said" : null), "the log to say it", Cancel);
        (await sender.HealthAsync(to, Cancel)).ShouldBe((HttpStatusCode.OK, "ok\n"), "it need not be restarted");
    }

    private static async Task HandledAsync(SharedServers servers, OpsBotProcess host, int incidents)
    {
        try
        {
            await OpsBotProgram.UntilAsync(
                async () => await servers.CountAsync("select count(*) from diagnoses", Cancel) == incidents && await servers.CountAsync(Unhandled, Cancel) == 0 ? "all" : null,
                "all to be handled",
                Cancel);
        }
        catch (Xunit.Sdk.FailException)
        {
            var left = await servers.LinesAsync("select (to_jsonb(m) - 'payload')::text from messages m where handled_at is null", Cancel);
            Assert.Fail($"{await servers.CountAsync("select count(*) from diagnoses", Cancel)} diagnoses, {left.Count} rows left:\n{string.Join('\n', left)}\n{host.Errors}");
        }

        (await servers.CountAsync("select count(*) from threads", Cancel)).ShouldBe(incidents);
        (await servers.CountAsync("select count(*) from messages where dead_at is not null", Cancel)).ShouldBe(0);
    }
}
