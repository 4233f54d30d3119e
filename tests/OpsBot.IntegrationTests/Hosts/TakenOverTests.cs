using System.Globalization;
using System.Net;
using OpsBot.IntegrationTests.Support;
using OpsBot.RealServers;
using Shouldly;
using Xunit;

namespace OpsBot.IntegrationTests.Hosts;

/// <summary>What hosts of one PostgreSQL store know of each other: what each has been sent, and who of them lives.</summary>
public sealed class TakenOverTests
{
    private const string Pending = "select count(*) from messages where handled_at is null and dead_at is null and due_at <= extract(epoch from now()) * 1000 + 5000";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_killed_hosts_work_is_another_ones_long_before_its_lease_ends()
    {
        LongRun.Require();
        await using var servers = await SharedServers.StartPostgresAsync(Cancel);
        using DataFolder one = new(), two = new();
        using var sender = new AlertSender();
        await using var holds = OpsBotProcess.Start(one, Config(one, servers), "after-take:1");
        (await sender.PostAsync(await holds.Webhooks, "held", Cancel)).Status.ShouldBe(HttpStatusCode.Accepted);
        (await holds.Held.WaitAsync(OpsBotProgram.Patience, TimeProvider.System, Cancel)).ShouldBeTrue(holds.Errors);
        await using var other = await OpsBotProcess.ServeAsync(two, Config(two, servers), Cancel);

        await OpsBotProgram.UntilAsync(
            async () => await sender.HealthAsync(await other.Webhooks, Cancel, "/readyz") == (HttpStatusCode.OK, "store: ok\nbus: ok\n") ? "ready" : null, "the other host to be ready", Cancel);
        (await servers.CountAsync("select count(*) from messages where leased_by is not null and abandoned = 0", Cancel)).ShouldBe(1, "whoever holds it lives");

        await holds.KillAsync();

        // The lease itself would last for half an hour.
        await OpsBotProgram.UntilAsync(async () => await servers.CountAsync(Pending, Cancel) == 0 ? "all" : null, "everything handled", Cancel);
        (await servers.CountAsync("select sum(abandoned) from messages", Cancel)).ShouldBe(1);
        (await servers.CountAsync("select count(*) from threads", Cancel)).ShouldBe(1);
    }

    [Fact]
    public async Task A_delivery_that_comes_to_two_hosts_is_one()
    {
        LongRun.Require();
        await using var servers = await SharedServers.StartPostgresAsync(Cancel);
        using DataFolder one = new(), two = new();
        using var sender = new AlertSender();
        await using var first = await OpsBotProcess.ServeAsync(one, Config(one, servers), Cancel);
        await using var second = await OpsBotProcess.ServeAsync(two, Config(two, servers), Cancel);
        Uri[] both = [await first.Webhooks, await second.Webhooks];

        var answers = await Task.WhenAll(Enumerable.Range(0, 20).SelectMany(number => both.Select(
            to => sender.PostAsync(to, string.Create(CultureInfo.InvariantCulture, $"a{number}"), Cancel))));

        answers.ShouldAllBe(answer => (int)answer.Status >= 200 && (int)answer.Status < 300);
        await OpsBotProgram.UntilAsync(async () => await servers.CountAsync(Pending, Cancel) == 0 ? "all" : null, "everything handled", Cancel);
        (await servers.CountAsync("select count(*) from messages where delivery_key is not null", Cancel)).ShouldBe(20);
        (await servers.LinesAsync("select state from incident_alerts", Cancel)).ShouldAllBe(state => state.Contains("\"count\":1,", StringComparison.Ordinal));
    }

    private static string Config(DataFolder folder, SharedServers servers) => folder.Write("opsbot.yaml", $$"""
        {{AlertSender.Senders}}
        store: { postgres: "{{servers.Postgres}}" }
        messages: { lease: 30m, backoff: 100ms }
        incidents: { maxDiagnoses: 1, diagnoseAfter: 100ms }

        """);
}
