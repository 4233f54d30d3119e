namespace OpsBot.Storage.Messages;

/// <summary>Wakes the pump of this process after a commit that may have made rows due. A hint: the pump looks by itself too.</summary>
public sealed class MessageSignal : IDisposable
{
    private readonly SemaphoreSlim _raised = new(0, 1);

    public void Raise()
    {
        try
        {
            _raised.Release();
        }
        catch (SemaphoreFullException)
        {
            // Raised already: the pump has not come round yet and will see this change too.
        }
    }

    /// <summary>Returns when raised, or after <paramref name="atMost"/>.</summary>
    public Task WaitAsync(TimeSpan atMost, CancellationToken cancellationToken) => _raised.WaitAsync(atMost, cancellationToken);

    public void Dispose() => _raised.Dispose();
}
