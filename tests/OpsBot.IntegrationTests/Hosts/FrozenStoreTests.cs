using System.Net;
using OpsBot.IntegrationTests.Support;
using OpsBot.RealServers;
using Shouldly;
using Xunit;

namespace OpsBot.IntegrationTests.Hosts;

/// <summary>A store that is there and answers nothing: nobody is told that it is away.</summary>
public sealed class FrozenStoreTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_host_that_is_told_to_stop_ends_well_though_its_store_answers_nothing()
    {
        LongRun.Require();
        await using var servers = await SharedServers.StartAsync(Cancel);
        using var folder = new DataFolder();
        using var sender = new AlertSender();
        await using var host = await OpsBotProcess.ServeAsync(folder, folder.Write("opsbot.yaml", $"{AlertSender.Senders}\n{servers.Sections}\n"), Cancel);
        var to = await host.Webhooks;
        for (var at = 0; at < 20; at++)
        {
            (await sender.PostAsync(to, $"a{at}", Cancel)).Status.ShouldBe(HttpStatusCode.Accepted);
        }

        await using (await servers.FreezePostgresAsync(Cancel))
        {
            await OpsBotProgram.UntilAsync(
                async () => await sender.HealthAsync(to, Cancel, "/readyz") is (HttpStatusCode.ServiceUnavailable, var text) && text.StartsWith("store: The store does not commit: ", StringComparison.Ordinal) ? "so" : null,
                "/readyz to name the store",
                Cancel);
            var refused = await sender.PostAsync(to, "refused", Cancel);
            (refused.Status, refused.RetryAfter is null).ShouldBe((HttpStatusCode.ServiceUnavailable, false), refused.Answer);
            (await host.TerminateAsync(Cancel)).ShouldBe(0, host.Errors);
        }

        // All that it had in hand is there, and the next takes it up.
        await using var next = await OpsBotProcess.ServeAsync(folder, folder.Write("opsbot.yaml", $"{AlertSender.Senders}\n{servers.Sections}\nincidents: {{ maxDiagnoses: 0 }}\n"), Cancel);
        await OpsBotProgram.UntilAsync(
            async () => await servers.CountAsync("select count(*) from messages where kind = 'alert.reported' and handled_at is null", Cancel) == 0 ? "all" : null, "everything handled", Cancel);
        (await servers.CountAsync("select count(*) from incident_joins", Cancel)).ShouldBeInRange(20, 21, "the one that was refused may have been stored");
    }
}
