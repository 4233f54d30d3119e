using System.Globalization;
using OpsBot.IntegrationTests.Crash;
using OpsBot.IntegrationTests.Support;
using OpsBot.RealServers;
using Shouldly;
using Xunit;

namespace OpsBot.IntegrationTests.Chaos;

/// <summary>Three hosts, a real broker and a real store, all of which fail while events come in: each that was answered 202 has exactly one effect.</summary>
public sealed class ChaosTests(ITestOutputHelper output)
{
    private const string Bearer = "a-bearer-of-the-chaos-test";

    private static readonly bool IsLong = LongRun.IsOn;

    /// <summary>Another storm and other blows: OPSBOT_SEED.</summary>
    private static readonly int Seed = int.TryParse(Environment.GetEnvironmentVariable("OPSBOT_SEED"), CultureInfo.InvariantCulture, out var seed) ? seed : 20260401;

    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(100);

    private static readonly TimeSpan DrainPatience = TimeSpan.FromMinutes(IsLong ? 15 : 3);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Whatever_fails_each_accepted_event_and_each_approved_action_has_exactly_one_effect()
    {
        var (deliveries, perSecond) = IsLong ? (20_000, 200) : (120, 20);
        var plan = PlannedBlow.Plan(Seed, kills: IsLong ? 8 : 1, brokerRestarts: IsLong ? 2 : 1);
        var storm = new Storm(Seed, deliveries, TimeProvider.System.GetUtcNow());
        var begun = TimeProvider.System.GetTimestamp();
        await using var servers = await SharedServers.StartAsync(Cancel);
        using var sender = new RetryingSender(Bearer, Seed, atOnce: 64, patience: TimeSpan.FromSeconds(3));
        await using var actions = new ApprovedInChaos(Seed);
        await using var hosts = new ThreeHosts(servers, sender, $$"""
            {{actions.Sections}}
            senders:
              cloudevents: { bearer: {{Bearer}} }
              alertmanager: { bearer: {{Bearer}} }
            incidents: { diagnoseAfter: 500ms, diagnoseGap: 1s, maxDiagnoses: 3 }
            messages: { lease: {{ThreeHosts.Lease.TotalSeconds}}s, backoff: 100ms, abandonments: 100, attempts: 30 }
            """);
        await hosts.StartAsync(Cancel);

        using var giveUp = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var sending = SendAsync(storm, sender, giveUp.Token);
        var (approvals, lost) = IsLong ? (120, 8) : (8, 1);
        var approving = actions.ApproveAsync(hosts.Config, servers, approvals, lost, TimeSpan.FromSeconds(0.8 * deliveries / perSecond), giveUp.Token);
        try
        {
            await BlowsAsync(hosts, plan, sender, deliveries, perSecond);
            await sending.WaitAsync(DrainPatience, TimeProvider.System, Cancel);
            await approving.WaitAsync(DrainPatience, TimeProvider.System, Cancel);
            await OpsBotProgram.UntilAsync(
                async () => await servers.CountAsync("select count(*) from messages where handled_at is null and dead_at is null and kind <> 'action.expire'", Cancel) == 0 ? "all" : null,
                "everything handled", Cancel, DrainPatience);
        }
        finally
        {
            await giveUp.CancelAsync();
        }

        (await hosts.StopAsync(Cancel)).ShouldBeEmpty();
        using var folder = new DataFolder();
        var store = await StoreCopy.OfAsync(servers.Postgres, Path.Combine(folder.Path, "copy.db"), Cancel);
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"seed {Seed}, {TimeProvider.System.GetElapsedTime(begun).TotalSeconds:0} s; {plan.Count} blows: {string.Join(", ", plan.Select(blow => $"{blow.Blow} at {blow.At:0.00}"))}"));
        StormReport.Write(output, store, storm, sender);
        StoreAudit.Check(store, storm);
        await actions.CheckAsync(store, output, Cancel);
    }

    private static async Task SendAsync(Storm storm, RetryingSender sender, CancellationToken cancellationToken)
    {
        await sender.SendAsync(storm.Firing, cancellationToken);
        await sender.SendAsync(storm.Resolving, cancellationToken);
    }

    /// <summary>Lets the storm go on at its rate, whatever befalls meanwhile.</summary>
    private async Task BlowsAsync(ThreeHosts hosts, IReadOnlyList<PlannedBlow> plan, RetryingSender sender, int deliveries, int perSecond)
    {
        var blows = Task.CompletedTask;
        var next = 0;
        var each = (int)(perSecond * Tick.TotalSeconds);
        for (var sent = 0; sent < deliveries; sent += each)
        {
            sender.Let(each);
            while (next < plan.Count && plan[next].At * deliveries <= sent)
            {
                var blow = plan[next++];
                blows = AfterAsync(blows, blow);
            }

            await Task.Delay(Tick, TimeProvider.System, Cancel);
        }

        await blows;

        async Task AfterAsync(Task earlier, PlannedBlow blow)
        {
            await earlier;
            await hosts.SufferAsync(blow, Cancel);
            output.WriteLine($"{blow.Blow} {blow.Host}");
        }
    }
}
