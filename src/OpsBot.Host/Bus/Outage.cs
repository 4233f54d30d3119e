namespace OpsBot.Host.Bus;

/// <summary>When to speak of something that is away, which many find at once and again and again: the first time, then once in a while, and when it is back.</summary>
/// <param name="every">Least time between two words about its being away, those of different outages too.</param>
internal sealed class Outage(TimeProvider clock, TimeSpan every)
{
    private readonly Lock _lock = new();
    private long? _told;
    private long _since;
    private bool _isTold;
    private volatile bool _isAway;

    /// <summary>Somebody found it away. True where that is to be said.</summary>
    public bool IsAway()
    {
        lock (_lock)
        {
            if (!_isAway)
            {
                (_isAway, _since) = (true, clock.GetTimestamp());
            }

            if (_told is { } told && clock.GetElapsedTime(told) < every)
            {
                return false;
            }

            (_isTold, _told) = (true, clock.GetTimestamp());
            return true;
        }
    }

    /// <summary>Somebody found it there. How long it was away, where that is to be said.</summary>
    public TimeSpan? IsThere()
    {
        if (!_isAway)
        {
            return null;
        }

        lock (_lock)
        {
            var toTell = _isAway && _isTold;
            (_isAway, _isTold) = (false, false);
            return toTell ? clock.GetElapsedTime(_since) : null;
        }
    }
}
