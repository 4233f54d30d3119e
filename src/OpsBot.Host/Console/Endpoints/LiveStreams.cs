using System.Runtime.CompilerServices;
using System.Threading.Channels;
using OpsBot.Contracts.Ports;
using OpsBot.Host.WebConsole.Security;

namespace OpsBot.Host.WebConsole.Endpoints;

/// <summary>Counts the open live streams: each holds a connection, and a page that gets none still reads.</summary>
internal sealed class LiveStreams
{
    public const string Path = "/live";
    public const int Most = 100;
    public static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(15);

    private int _open;

    public bool TryEnter()
    {
        if (Interlocked.Increment(ref _open) <= Most) return true;
        Interlocked.Decrement(ref _open);
        return false;
    }

    public void Leave() => Interlocked.Decrement(ref _open);
}

/// <summary>
/// Server-sent events: the id of each incident that changed, or with <c>?of=messages</c> or <c>?of=watches</c> that one of these tables did. What changed is read
/// from the page again.
/// </summary>
internal static class LiveEndpoints
{
    public static void MapLive(this IEndpointRouteBuilder routes) =>
        routes.MapGet(LiveStreams.Path, StreamAsync).RequireAuthorization(ConsoleAccess.Read);

    private static async Task StreamAsync(
        HttpContext context, LiveStreams streams, ILiveUpdates updates, MessageWatch watch, WatchPulse pulse, TimeProvider time, IHostApplicationLifetime program,
        string? of)
    {
        if (!streams.TryEnter())
        {
            context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
            context.Response.Headers.RetryAfter = "30";
            return;
        }

        // an open stream must not hold up a stop
        using var end = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, program.ApplicationStopping);
        try
        {
            context.Response.ContentType = "text/event-stream";
            var hints = of switch
            {
                "messages" => ChangesAsync("messages", MessageWatch.Interval, watch.VersionAsync, time, end.Token),
                "watches" => ChangesAsync("watches", WatchPulse.Interval, pulse.VersionAsync, time, end.Token),
                _ => IncidentsAsync(updates, end.Token),
            };
            await WriteAsync(context.Response, hints, time, end.Token);
        }
        catch (OperationCanceledException) when (end.IsCancellationRequested)
        {
        }
        finally
        {
            streams.Leave();
        }
    }

    private static async IAsyncEnumerable<string> IncidentsAsync(ILiveUpdates updates, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var id in updates.ReadAsync(cancellationToken)) yield return FormattableString.Invariant($"event: incident\ndata: {id}\n\n");
    }

    // nothing tells of every row, and other hosts write to the same table
    private static async IAsyncEnumerable<string> ChangesAsync(
        string of, TimeSpan interval, Func<CancellationToken, Task<long>> versionAsync, TimeProvider time, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(interval, time);
        var seen = await versionAsync(cancellationToken);
        while (await timer.WaitForNextTickAsync(cancellationToken))
        {
            var version = await versionAsync(cancellationToken);
            if (version != seen) yield return $"event: {of}\ndata: \n\n";
            seen = version;
        }
    }

    private static async Task WriteAsync(
        HttpResponse response, IAsyncEnumerable<string> hints, TimeProvider time, CancellationToken cancellationToken)
    {
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        // a browser that reads slowly misses hints, and reads the page all the same at the next one
        var lines = Channel.CreateBounded<string>(new BoundedChannelOptions(64) { FullMode = BoundedChannelFullMode.DropOldest });
        var reading = ForwardAsync(hints, lines.Writer, both.Token);
        var beating = BeatAsync(lines.Writer, time, both.Token);
        try
        {
            await response.WriteAsync("retry: 3000\nevent: hello\ndata: \n\n", cancellationToken);
            await response.Body.FlushAsync(cancellationToken);
            await foreach (var line in lines.Reader.ReadAllAsync(cancellationToken))
            {
                await response.WriteAsync(line, cancellationToken);
                await response.Body.FlushAsync(cancellationToken);
            }
        }
        finally
        {
            await both.CancelAsync();
            await Task.WhenAll(reading, beating);
        }
    }

    private static async Task ForwardAsync(IAsyncEnumerable<string> hints, ChannelWriter<string> lines, CancellationToken cancellationToken)
    {
        try
        {
            await foreach (var hint in hints.WithCancellation(cancellationToken)) lines.TryWrite(hint);
        }
        catch (OperationCanceledException)
        {
        }
        finally
        {
            // a store that cannot be read ends the stream, and the browser comes back for another
            lines.TryComplete();
        }
    }

    // without a word now and then neither side learns that the other is gone
    private static async Task BeatAsync(ChannelWriter<string> lines, TimeProvider time, CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(LiveStreams.Heartbeat, time);
        try
        {
            while (await timer.WaitForNextTickAsync(cancellationToken)) lines.TryWrite(": still here\n\n");
        }
        catch (OperationCanceledException)
        {
        }
    }
}
