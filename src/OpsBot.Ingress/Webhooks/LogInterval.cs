using System.Collections.Concurrent;

namespace OpsBot.Ingress.Webhooks;

/// <summary>Says when a line about a source may be logged again. Strangers can make us refuse as often as they like, but not fill the log.</summary>
internal sealed class LogInterval(TimeSpan interval, TimeProvider clock)
{
    private readonly ConcurrentDictionary<string, DateTimeOffset> _last = new();

    public bool IsDue(string source)
    {
        var now = clock.GetUtcNow();
        if (_last.TryGetValue(source, out var last))
            return now - last >= interval && _last.TryUpdate(source, now, last);
        return _last.TryAdd(source, now);
    }
}
