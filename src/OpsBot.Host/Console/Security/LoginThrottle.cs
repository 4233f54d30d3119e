using System.Net;

namespace OpsBot.Host.WebConsole.Security;

/// <summary>
/// Slows down guessing: after five wrong tokens from one address within a minute, or fifty from all, even the right one is
/// refused until the minute is over.
/// </summary>
internal sealed class LoginThrottle(TimeProvider time)
{
    public const int PerAddress = 5;
    public const int Altogether = 50;
    public static readonly TimeSpan Window = TimeSpan.FromMinutes(1);

    private readonly Lock _lock = new();
    private readonly Dictionary<IPAddress, int> _failures = [];
    private int _all;
    private DateTimeOffset _since;

    /// <summary>How long to wait before the next try; null where one is allowed now.</summary>
    public TimeSpan? WaitFor(IPAddress? address)
    {
        lock (_lock)
        {
            StartWindow();
            var blocked = _all >= Altogether || _failures.GetValueOrDefault(address ?? IPAddress.None) >= PerAddress;
            return blocked ? _since + Window - time.GetUtcNow() : null;
        }
    }

    public void Failed(IPAddress? address)
    {
        lock (_lock)
        {
            StartWindow();
            _all++;
            var key = address ?? IPAddress.None;
            _failures[key] = _failures.GetValueOrDefault(key) + 1;
        }
    }

    // the limit for all bounds the dictionary too: nobody is asked for a token beyond it
    private void StartWindow()
    {
        var now = time.GetUtcNow();
        if (now - _since < Window && now >= _since) return;
        _since = now;
        _all = 0;
        _failures.Clear();
    }
}
