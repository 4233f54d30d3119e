namespace OpsBot.IntegrationTests.Chat;

/// <summary>
/// Where a simulator holds one call, so that the program can be killed from outside while it waits for the answer. Armed for one point at a time; without
/// that every point is passed at once.
/// </summary>
internal sealed class KillTrap
{
    private readonly Lock _lock = new();
    private string? _point;
    private int _remaining;
    private TaskCompletionSource _sprung = New(), _released = New();

    /// <summary>Done once a call is held.</summary>
    /// <param name="nth">How often the point is to be reached until then.</param>
    public Task Arm(string point, int nth)
    {
        lock (_lock)
        {
            (_point, _remaining, _sprung, _released) = (point, nth, New(), New());
            return _sprung.Task;
        }
    }

    /// <summary>After the kill: what is held is let go, and hangs up.</summary>
    public void Release()
    {
        lock (_lock)
        {
            _point = null;
            _released.TrySetResult();
        }
    }

    /// <summary>True where the call was held, and whoever called is dead by now.</summary>
    public async ValueTask<bool> ReachAsync(string point)
    {
        Task released;
        lock (_lock)
        {
            if (_point != point || --_remaining > 0)
                return false;
            _point = null;
            _sprung.TrySetResult();
            released = _released.Task;
        }

        await released;
        return true;
    }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
