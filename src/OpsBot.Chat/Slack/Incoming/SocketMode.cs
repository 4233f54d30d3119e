using System.Net.WebSockets;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OpsBot.Chat.Slack.Wire;

namespace OpsBot.Chat.Slack.Incoming;

/// <summary>
/// Keeps a connection to Slack open. Where Slack warns that it will close one, the next is opened first and the old one read to its end. Several hosts may be
/// connected: Slack sends each envelope to one of them, and an envelope that comes twice is one row.
/// </summary>
internal sealed class SocketMode(SlackApi api, SlackInbox inbox, TimeProvider clock, ILogger<SocketMode> log) : BackgroundService
{
    private static readonly TimeSpan FirstWait = TimeSpan.FromSeconds(1), LongestWait = TimeSpan.FromMinutes(1), HelloLimit = TimeSpan.FromSeconds(15), Drain = TimeSpan.FromSeconds(12);

    private readonly EnvelopeLanes _lanes = new();

    private int _number;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var failures = 0;
        var old = new List<Task>();
        SocketConnection? retiring = null;
        try
        {
            while (true)
            {
                var (connection, problem) = await OpenAsync(stoppingToken);
                if (connection is null)
                {
                    await WaitAsync(failures++, problem, stoppingToken);
                    continue;
                }

                var reading = connection.RunAsync(stoppingToken);
                var greeted = await Task.WhenAny(connection.Hello, reading, Task.Delay(HelloLimit, clock, stoppingToken)) == connection.Hello;
                if (retiring is not null)
                    await retiring.CloseAsync();
                retiring = null;
                old.RemoveAll(each => each.IsCompleted);
                if (!greeted)
                {
                    await EndAsync(connection, reading);
                    await WaitAsync(failures++, "Slack did not say hello", stoppingToken);
                    continue;
                }

                failures = 0;
                SlackLog.Connected(log, ++_number);
                await Task.WhenAny(connection.Goodbye, reading);
                if (!connection.Goodbye.IsCompletedSuccessfully)
                {
                    await EndAsync(connection, reading);
                    // Slack cut it without a word: at once, but not in a loop
                    await WaitAsync(0, "the connection ended", stoppingToken);
                    continue;
                }

                SlackLog.Refresh(log, Cards.PlainText.Line(await connection.Goodbye, 60).Value);
                (retiring, old) = (connection, [.. old, DrainAsync(connection, reading, stoppingToken)]);
                if (await connection.Goodbye == "link_disabled")
                    await WaitAsync(6, "Socket Mode is switched off for the app; switch it on under Socket Mode of the app, or use slack.mode: http", stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // the host stops; what was not acknowledged is sent again
        }

        await Task.WhenAll([.. old, _lanes.Idle]);
    }

    private async Task<(SocketConnection? Connection, string Problem)> OpenAsync(CancellationToken cancellationToken)
    {
        var answer = await api.OpenConnectionAsync(cancellationToken);
        if (answer is not SlackAnswer.Done done)
            return (null, answer is SlackAnswer.Refused refused ? refused.Advice : ((SlackAnswer.Later)answer).Reason.Replace("slack.botToken", "slack.appToken", StringComparison.Ordinal));
        if (!Uri.TryCreate(done.Text("url"), UriKind.Absolute, out var address) || !(address.Scheme == "wss" || (address.Scheme == "ws" && address.IsLoopback)))
            return (null, "apps.connections.open gave no address");
        var connection = new SocketConnection(inbox, _lanes, clock, log);
        using var limit = new CancellationTokenSource(HelloLimit, clock);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            await connection.ConnectAsync(address, both.Token);
            return (connection, "");
        }
        catch (Exception failure) when (failure is WebSocketException or IOException || (failure is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            await connection.DisposeAsync();
            return (null, failure is WebSocketException web ? web.WebSocketErrorCode.ToString() : "it takes too long");
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    /// <summary>Goes on reading what Slack still sends over a connection that it will close.</summary>
    private async Task DrainAsync(SocketConnection connection, Task reading, CancellationToken cancellationToken)
    {
        using var done = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        await Task.WhenAny(reading, Task.Delay(Drain, clock, done.Token));
        await done.CancelAsync();
        await EndAsync(connection, reading);
    }

    private static async Task EndAsync(SocketConnection connection, Task reading)
    {
        await connection.CloseAsync();
        await connection.DisposeAsync();
        await ((Task)Task.WhenAny(reading)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async Task WaitAsync(int failures, string reason, CancellationToken cancellationToken)
    {
        var wait = TimeSpan.FromTicks(Math.Min(FirstWait.Ticks << Math.Min(failures, 10), LongestWait.Ticks));
        // hosts that lost Slack together do not come back together
        wait *= 0.75 + (Random.Shared.NextDouble() / 2);
        SlackLog.NotConnected(log, reason, Math.Round(wait.TotalSeconds, 1));
        await Task.Delay(wait, clock, cancellationToken);
    }
}
