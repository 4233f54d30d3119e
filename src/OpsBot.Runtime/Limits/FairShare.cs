namespace OpsBot.Runtime.Limits;

/// <summary>
/// An amount that several share without knowing each other. One may hold at most three times what it leaves free: alone three quarters, two that are greedy three
/// sevenths each, and so on. However many are greedy, something is free for whoever comes next.
/// </summary>
public sealed class FairShare(long total)
{
    private const int TimesWhatIsFree = 3;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, long> _held = new(StringComparer.Ordinal);
    private long _used;

    public long Total => total;

    public long Used
    {
        get
        {
            lock (_lock) return _used;
        }
    }

    /// <summary>False where it would be more than its share; nothing is taken then.</summary>
    public bool TryTake(string who, long amount)
    {
        lock (_lock)
        {
            var held = _held.GetValueOrDefault(who) + amount;
            if (held > TimesWhatIsFree * (total - _used - amount)) return false;
            _held[who] = held;
            _used += amount;
            return true;
        }
    }

    public void Return(string who, long amount)
    {
        lock (_lock)
        {
            _used -= amount;
            if ((_held[who] -= amount) == 0) _held.Remove(who);
        }
    }
}
