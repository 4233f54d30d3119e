namespace OpsBot.Storage.Messages;

/// <summary>Renews a lease while work goes on; cancels the work when the lease is lost.</summary>
internal sealed class LeaseRenewal : IDisposable
{
    private readonly CancellationTokenSource _held;
    private readonly ITimer _timer;
    private readonly Func<CancellationToken, Task<bool>> _renew;
    private int _busy;

    public LeaseRenewal(Func<CancellationToken, Task<bool>> renew, TimeSpan every, TimeProvider clock, CancellationToken cancellationToken)
    {
        _renew = renew;
        _held = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Held = _held.Token;
        _timer = clock.CreateTimer(_ => _ = RenewAsync(), null, every, every);
    }

    /// <summary>Cancelled when the lease is lost or the host stops.</summary>
    public CancellationToken Held { get; }

    public void Dispose()
    {
        _timer.Dispose();
        _held.Dispose();
    }

    private async Task RenewAsync()
    {
        if (Interlocked.Exchange(ref _busy, 1) == 1)
        {
            return;
        }

        try
        {
            if (!await _renew(Held))
            {
                await _held.CancelAsync();
            }
        }
        catch (Exception failure) when (failure is OperationCanceledException or ObjectDisposedException)
        {
            // The work has ended meanwhile.
        }
        catch (Exception)
        {
            // The store is away: the next tick tries again, and the commit checks the token in any case.
        }
        finally
        {
            Interlocked.Exchange(ref _busy, 0);
        }
    }
}
