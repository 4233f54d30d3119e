using System.Net;
using OpsBot.IntegrationTests.Support;
using OpsBot.RealServers;
using Shouldly;
using Xunit;

namespace OpsBot.IntegrationTests.Hosts;

/// <summary>
/// A broker confirms what it throws away for want of a queue. A ticket that went that way would leave its row in this host's hands, and all that is behind it
/// in its stream, until the lease of a minute has run out.
/// </summary>
public sealed class UnroutedTicketsTests
{
    private const string Exchange = "opsbot:OpsBot.Contracts.Messages:Due--OpsBot.Contracts.Events:AlertReported--";
    private const string Queue = "opsbot-correlate-alert";
    private const string Unhandled = "select count(*) from messages where kind = 'alert.reported' and handled_at is null";

    /// <summary>Less than a lease.</summary>
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(30);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_no_queue_takes_is_put_back_and_handled_as_soon_as_one_does()
    {
        LongRun.Require();
        await using var servers = await SharedServers.StartAsync(Cancel);
        using var folder = new DataFolder();
        using var sender = new AlertSender();
        await using var host = await OpsBotProcess.ServeAsync(folder, folder.Write("opsbot.yaml", $"{AlertSender.Senders}\n{servers.Sections}\n"), Cancel);
        var to = await host.Webhooks;
        (await sender.PostAsync(to, "before", Cancel)).Status.ShouldBe(HttpStatusCode.Accepted);
        await HandledAsync(servers);

        await using var connection = await servers.ConnectAsync(Cancel);
        await using var channel = await connection.CreateChannelAsync(cancellationToken: Cancel);
        await channel.ExchangeUnbindAsync(Queue, Exchange, "", cancellationToken: Cancel);
        (await sender.PostAsync(to, "nowhere", Cancel)).Status.ShouldBe(HttpStatusCode.Accepted);
        await OpsBotProgram.UntilAsync(
            () => Task.FromResult(host.Errors.Contains("The bus did not take 1 messages", StringComparison.Ordinal) ? "said" : null), "the host to say it", Cancel, Soon);
        (await servers.CountAsync(Unhandled, Cancel)).ShouldBe(1);

        await channel.ExchangeBindAsync(Queue, Exchange, "", cancellationToken: Cancel);
        await HandledAsync(servers);
    }

    [Fact]
    public async Task What_waits_for_the_first_host_of_a_new_broker_is_handled_at_once()
    {
        await using var servers = await SharedServers.StartAsync(Cancel);
        using var folder = new DataFolder();
        using var sender = new AlertSender();
        var config = $"{AlertSender.Senders}\n{servers.Sections}\n";
        await using (var ingress = await OpsBotProcess.ServeAsync(folder, folder.Write("ingress.yaml", $"serve: {{ roles: [ ingress ] }}\n{config}"), host => host.Webhooks, Cancel))
        {
            for (var at = 0; at < 25; at++)
            {
                (await sender.PostAsync(await ingress.Webhooks, $"a{at}", Cancel)).Status.ShouldBe(HttpStatusCode.Accepted);
            }
        }

        await using var host = await OpsBotProcess.ServeAsync(folder, folder.Write("opsbot.yaml", config), Cancel);
        await HandledAsync(servers);
    }

    private static Task<string> HandledAsync(SharedServers servers) =>
        OpsBotProgram.UntilAsync(async () => await servers.CountAsync(Unhandled, Cancel) == 0 ? "all" : null, "all to be handled", Cancel, Soon);
}
