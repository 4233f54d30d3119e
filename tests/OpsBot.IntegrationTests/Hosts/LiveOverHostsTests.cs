using System.Collections.Concurrent;
using System.Globalization;
using OpsBot.IntegrationTests.Support;
using OpsBot.RealServers;
using Xunit;

namespace OpsBot.IntegrationTests.Hosts;

/// <summary>Two hosts that both keep threads: a page that is open on the one is told of what the other has done.</summary>
public sealed class LiveOverHostsTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_open_page_hears_of_every_incident_whichever_host_has_worked_on_it()
    {
        LongRun.Require();
        await using var servers = await SharedServers.StartAsync(Cancel);
        await using var hosts = new RoleHosts(servers);
        using var sender = new AlertSender();
        var work = await hosts.StartAsync("ingress, worker", "", Cancel);
        var one = await hosts.StartAsync("chat", "", Cancel);
        var two = await hosts.StartAsync("chat", "", Cancel);
        using var streams = new OpenPages();
        var heard = new[] { await streams.OpenAsync(await one.Console, Cancel), await streams.OpenAsync(await two.Console, Cancel) };

        // Until both have posted, so that neither page could know of all by itself: a broker gives to each in turn, once both are known to it.
        var sent = 0;
        await OpsBotProgram.UntilAsync(
            async () =>
            {
                for (var more = 0; more < 5; more++)
                {
                    sent++;
                    await sender.PostAsync(await work.Webhooks, string.Create(CultureInfo.InvariantCulture, $"a{sent}"), Cancel);
                }

                await OpsBotProgram.UntilAsync(async () => await servers.CountAsync("select count(*) from threads", Cancel) == sent ? "all" : null, "all threads", Cancel);
                return await hosts.HasHandledAsync(one, "thread.update-card", Cancel) && await hosts.HasHandledAsync(two, "thread.update-card", Cancel) ? "both" : null;
            },
            "both hosts to have posted",
            Cancel);
        foreach (var page in heard)
        {
            await OpsBotProgram.UntilAsync(
                () => Task.FromResult(Enumerable.Range(1, sent).All(incident => page.ContainsKey(incident)) ? "all" : null), "every incident to be told", Cancel);
        }

        // What changes later (with a number further on, for a store that was away skips some) is told too, after the store was away: the stream ends then, and the page that comes back reads all anew.
        await servers.RestartPostgresAsync(Cancel);
        await OpsBotProgram.UntilAsync(() => Task.FromResult(streams.Ended == 2 ? "both" : null), "both streams to end", Cancel);
        var back = await streams.OpenAsync(await one.Console, Cancel);
        await OpsBotProgram.UntilAsync(
            async () => (await sender.PostAsync(await work.Webhooks, "later", Cancel)).Status == System.Net.HttpStatusCode.Accepted ? "taken" : null, "an event to be taken", Cancel);
        await OpsBotProgram.UntilAsync(() => Task.FromResult(back.Keys.Any(incident => incident > sent) ? "told" : null), "the later incident to be told", Cancel);
    }

    /// <summary>Streams of live updates as a browser has them open.</summary>
    private sealed class OpenPages : IDisposable
    {
        private readonly HttpClient _http = new() { Timeout = Timeout.InfiniteTimeSpan };
        private int _ended;

        public int Ended => Volatile.Read(ref _ended);

        /// <summary>Ids of incidents as the stream tells them, once it has begun.</summary>
        public async Task<ConcurrentDictionary<long, byte>> OpenAsync(Uri console, CancellationToken cancellationToken)
        {
            var heard = new ConcurrentDictionary<long, byte>();
            var begun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _ = ReadAsync(await _http.GetStreamAsync(new Uri(console, "/live"), cancellationToken), heard, begun, cancellationToken);
            await begun.Task.WaitAsync(OpsBotProgram.Patience, TimeProvider.System, cancellationToken);
            return heard;
        }

        public void Dispose() => _http.Dispose();

        private async Task ReadAsync(Stream stream, ConcurrentDictionary<long, byte> heard, TaskCompletionSource begun, CancellationToken cancellationToken)
        {
            using var reader = new StreamReader(stream);
            var named = "";
            while (await reader.ReadLineAsync(cancellationToken) is { } line)
            {
                if (line.StartsWith("event: ", StringComparison.Ordinal))
                {
                    named = line["event: ".Length..];
                    if (named == "hello")
                    {
                        begun.TrySetResult();
                    }
                }
                else if (named == "incident" && line.StartsWith("data: ", StringComparison.Ordinal))
                {
                    heard.TryAdd(long.Parse(line["data: ".Length..], CultureInfo.InvariantCulture), 0);
                }
            }

            Interlocked.Increment(ref _ended);
        }
    }
}
