using System.Diagnostics;

namespace OpsBot.IntegrationTests.Support;

/// <summary>
/// How long this machine kept somebody waiting who only wants a few bytes on the disk, as a commit does: what took others long at the same time is then no fault of theirs.
/// </summary>
internal sealed class StallProbe : IAsyncDisposable
{
    private readonly CancellationTokenSource _end = new();
    private readonly FileStream _file;
    private readonly Task _work;
    private long _longest;
    private long _begun = Stopwatch.GetTimestamp();

    /// <param name="folder">On the disk that is asked about.</param>
    public StallProbe(string folder)
    {
        _file = new FileStream(Path.Combine(folder, "probe"), FileMode.Create, FileAccess.Write, FileShare.None, 1, FileOptions.DeleteOnClose);
        _work = Task.Run(WriteAsync);
    }

    /// <summary>The longest so far, the write that is waited for at the moment included.</summary>
    public TimeSpan Longest => TimeSpan.FromTicks(Math.Max(Interlocked.Read(ref _longest), Stopwatch.GetElapsedTime(Interlocked.Read(ref _begun)).Ticks));

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _work;
        await _file.DisposeAsync();
        _end.Dispose();
    }

    private async Task WriteAsync()
    {
        var block = new byte[4096];
        while (!_end.IsCancellationRequested)
        {
            Interlocked.Exchange(ref _begun, Stopwatch.GetTimestamp());
            _file.Write(block);
            _file.Flush(flushToDisk: true);
            Interlocked.Exchange(ref _longest, Math.Max(_longest, Stopwatch.GetElapsedTime(_begun).Ticks));
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, CancellationToken.None);
        }
    }
}
