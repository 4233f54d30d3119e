namespace OpsBot.Ingress.Webhooks;

/// <summary>Says when a line about something may be logged again. Whoever sends can make us refuse as often as they like, but not fill the log.</summary>
internal sealed class LogInterval(TimeSpan interval, TimeProvider clock)
{
    private readonly Dictionary<string, (DateTimeOffset Last, int Since)> _lines = [];

    /// <param name="about">What the line is about: a word of the configuration or of ours, never what somebody sent.</param>
    /// <returns>How often it happened since the last line, this time included; null where it is too soon for another.</returns>
    public int? Due(string about)
    {
        var now = clock.GetUtcNow();
        lock (_lines)
        {
            if (_lines.TryGetValue(about, out var line) && now - line.Last < interval)
            {
                _lines[about] = line with { Since = line.Since + 1 };
                return null;
            }

            _lines[about] = (now, 0);
            return line.Since + 1;
        }
    }
}
