using System.Globalization;
using OpsBot.IntegrationTests.Support;
using Shouldly;
using Xunit;

namespace OpsBot.IntegrationTests.Crash;

/// <summary>The program is killed from outside in the middle of a storm, again and again, and nothing is lost or done twice.</summary>
public sealed class CrashTests(ITestOutputHelper output)
{
    private const int Deliveries = 500;
    private const string Bearer = "a-bearer-of-the-crash-test";

    /// <summary>Another storm and other kills: OPSBOT_SEED.</summary>
    private static readonly int Seed = int.TryParse(Environment.GetEnvironmentVariable("OPSBOT_SEED"), CultureInfo.InvariantCulture, out var seed) ? seed : 20260301;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Killed_in_the_middle_of_a_storm_it_loses_nothing_and_does_nothing_twice()
    {
        var isLong = LongRun.IsOn;
        var kills = isLong ? 50 : 6;
        var perLife = Deliveries / (kills + 1);
        var plan = KillPlan.Of(kills, Seed, perLife);
        var storm = new Storm(Seed, Deliveries, TimeProvider.System.GetUtcNow());
        var begun = TimeProvider.System.GetTimestamp();
        using var folder = new DataFolder();
        using var sender = new RetryingSender(Bearer, Seed);
        var config = folder.Write("opsbot.yaml", $$"""
            senders:
              cloudevents: { bearer: {{Bearer}} }
              alertmanager: { bearer: {{Bearer}} }
            incidents: { diagnoseAfter: 500ms, diagnoseGap: 1s, maxDiagnoses: 3 }
            messages: { backoff: 100ms, abandonments: 100 }
            """);

        using var giveUp = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var sending = SendAsync(storm, sender, giveUp.Token);
        try
        {
            foreach (var kill in plan)
            {
                sender.Let(perLife);
                await LiveAsync(folder, config, sender, kill);
            }

            sender.Let(Deliveries);
            await using var last = await OpsBotProcess.ServeAsync(folder, config, Cancel);
            sender.Target = await last.Webhooks;
            await sending.WaitAsync(OpsBotProgram.Patience, TimeProvider.System, Cancel);
            await OpsBotProgram.UntilAsync(() => Task.FromResult(folder.Store.Pending() == 0 ? "all" : null), "everything handled", Cancel);
            (await last.TerminateAsync(Cancel)).ShouldBe(0, last.Errors);
        }
        finally
        {
            await giveUp.CancelAsync();
        }

        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{plan.Count} kills ({plan.Count(kill => kill.HoldAt is not null)} at hold points), seed {Seed}, {TimeProvider.System.GetElapsedTime(begun).TotalSeconds:0.0} s"));
        StormReport.Write(output, folder.Store, storm, sender);
        StoreAudit.Check(folder.Store, storm);
    }

    private static async Task SendAsync(Storm storm, RetryingSender sender, CancellationToken cancellationToken)
    {
        await sender.SendAsync(storm.Firing, cancellationToken);
        await sender.SendAsync(storm.Resolving, cancellationToken);
    }

    private async Task LiveAsync(DataFolder folder, string config, RetryingSender sender, Kill kill)
    {
        await using var life = OpsBotProcess.Start(folder, config, kill.HoldAt);
        _ = life.Webhooks.ContinueWith(ready => sender.Target = ready.Result, Cancel, TaskContinuationOptions.OnlyOnRanToCompletion, TaskScheduler.Default);
        if (kill.HoldAt is not null)
        {
            (await life.Held.WaitAsync(OpsBotProgram.Patience, TimeProvider.System, Cancel)).ShouldBeTrue($"it ended before {kill}:\n{life.Errors}");
        }
        else
        {
            if (!kill.WhileStarting)
            {
                await life.Webhooks.WaitAsync(OpsBotProgram.Patience, TimeProvider.System, Cancel);
            }

            await Task.Delay(kill.After, TimeProvider.System, Cancel);
        }

        await life.KillAsync();
        sender.Target = null;
        output.WriteLine($"killed at {kill}");
    }
}
