namespace OpsBot.Storage.Messages;

/// <summary>Wakes pumps after a commit that may have made rows due: this process's at once, those of other hosts soon. A hint: a pump looks by itself too.</summary>
public sealed class MessageSignal : IDisposable
{
    private readonly SemaphoreSlim _raised = new(0, 1);
    private readonly SemaphoreSlim _toTell = new(0, 1);

    /// <summary>Something was committed here.</summary>
    public void Raise()
    {
        Release(_raised);
        Release(_toTell);
    }

    /// <summary>Returns when raised, or after <paramref name="atMost"/>.</summary>
    public Task WaitAsync(TimeSpan atMost, CancellationToken cancellationToken) => _raised.WaitAsync(atMost, cancellationToken);

    public void Dispose()
    {
        _raised.Dispose();
        _toTell.Dispose();
    }

    /// <summary>Something was committed on another host.</summary>
    internal void Hear() => Release(_raised);

    /// <summary>Returns when <see cref="Raise"/> was called since the last time.</summary>
    internal Task RaisedHereAsync(CancellationToken cancellationToken) => _toTell.WaitAsync(cancellationToken);

    private static void Release(SemaphoreSlim signal)
    {
        try
        {
            signal.Release();
        }
        catch (SemaphoreFullException)
        {
            // Raised already: who waits has not come round yet and will see this change too.
        }
    }
}
