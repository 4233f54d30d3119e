using System.Net;
using OpsBot.IntegrationTests.Support;
using OpsBot.RealServers;
using Shouldly;
using Xunit;

namespace OpsBot.IntegrationTests.Hosts;

/// <summary>Several hosts on one real PostgreSQL and one real RabbitMQ: whatever was answered 202 happens once, whoever dies.</summary>
public sealed class SeveralHostsTests
{
    private const string Pending = "select count(*) from messages where handled_at is null and dead_at is null and due_at <= extract(epoch from now()) * 1000 + 5000";

    /// <summary>Alerts in each of four moments.</summary>
    private const int Each = 60;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_a_killed_host_had_taken_another_finishes_and_the_broker_may_be_away()
    {
        // in the common run the sample of the chaos test does the same to three
        LongRun.Require();
        await using var servers = await SharedServers.StartAsync(Cancel);
        using DataFolder one = new(), two = new();
        using var sender = new AlertSender();
        var accepted = 0;
        await using var first = await ServeAsync(one, servers);
        await using var second = await ServeAsync(two, servers);
        await ReadyAsync(sender, second, "store: ok\nbus: ok\n");
        accepted += await SendAsync(sender, 0, Each, await first.Webhooks, await second.Webhooks);

        // While the broker is away events are taken all the same.
        await servers.KillBrokerAsync(Cancel);
        accepted += await SendAsync(sender, Each, Each, await first.Webhooks, await second.Webhooks);
        accepted.ShouldBe(2 * Each);
        await ReadyAsync(sender, second, "store: ok\nbus: ");
        (await sender.HealthAsync(await second.Webhooks, Cancel)).Status.ShouldBe(HttpStatusCode.OK, "it need not be restarted");
        (await sender.HealthAsync(await second.Webhooks, Cancel, "/readyz?only=store")).ShouldBe((HttpStatusCode.OK, "store: ok\n"), "senders may be led to it");
        (await sender.HealthAsync(await second.Webhooks, Cancel, "/readyz?only=stroe")).Status.ShouldBe(HttpStatusCode.BadRequest, "a slip of the pen is not ready");
        await servers.StartBrokerAsync(Cancel);
        await ReadyAsync(sender, second, "store: ok\nbus: ok\n");

        // What the first host took, and has in hand, is the second's when it dies.
        accepted += await SendAsync(sender, 2 * Each, Each, await first.Webhooks, await first.Webhooks);
        await first.KillAsync();
        accepted += await SendAsync(sender, 3 * Each, Each, await second.Webhooks, await second.Webhooks);
        accepted.ShouldBe(4 * Each);

        await OpsBotProgram.UntilAsync(async () => await servers.CountAsync(Pending, Cancel) == 0 ? "all" : null, "everything handled", Cancel);
        (await servers.CountAsync("select count(*) from messages where delivery_key is not null and handled_at is not null", Cancel)).ShouldBe(accepted);
        (await servers.CountAsync("select count(*) from messages where dead_at is not null", Cancel)).ShouldBe(0);
        (await servers.CountAsync("select count(*) from incidents", Cancel)).ShouldBe(accepted, "each alert is of a service and environment of its own");
        (await servers.CountAsync("select count(*) from incident_joins", Cancel)).ShouldBe(accepted);
        (await servers.CountAsync("select count(*) from threads", Cancel)).ShouldBe(accepted);
        (await servers.CountAsync("select count(*) - count(distinct delivery_id) from thread_replies", Cancel)).ShouldBe(0);
        (await second.TerminateAsync(Cancel)).ShouldBe(0, second.Errors);
        second.Errors.ShouldNotContain("guest:guest");
    }

    private static Task<OpsBotProcess> ServeAsync(DataFolder folder, SharedServers servers) => OpsBotProcess.ServeAsync(
        folder,
        folder.Write("opsbot.yaml", $$"""
            {{AlertSender.Senders}}
            {{servers.Sections}}
            messages: { lease: 5s, backoff: 100ms }
            incidents: { maxDiagnoses: 1 }
            """),
        Cancel);

    private static Task<string> ReadyAsync(AlertSender sender, OpsBotProcess host, string answer) => OpsBotProgram.UntilAsync(
        async () =>
        {
            var (status, text) = await sender.HealthAsync(await host.Webhooks, Cancel, "/readyz");
            return text.StartsWith(answer, StringComparison.Ordinal) && status == (answer.EndsWith("bus: ok\n", StringComparison.Ordinal) ? HttpStatusCode.OK : HttpStatusCode.ServiceUnavailable)
                ? "so"
                : null;
        },
        $"/readyz to say '{answer}'",
        Cancel);

    private static async Task<int> SendAsync(AlertSender sender, int from, int count, params Uri[] hosts)
    {
        for (var at = from; at < from + count; at++)
        {
            (await sender.PostAsync(hosts[at % hosts.Length], $"a{at}", Cancel)).Status.ShouldBe(HttpStatusCode.Accepted);
        }

        return count;
    }
}
