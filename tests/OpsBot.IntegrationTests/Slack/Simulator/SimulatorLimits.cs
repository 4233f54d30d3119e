namespace OpsBot.IntegrationTests.Slack.Simulator;

/// <summary>Who kept to Slack's limits, and who did not: a call within the time for which a 429 asked for quiet is one that a client must not make.</summary>
internal sealed class SimulatorLimits
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    // Calls that are under way when a 429 is given cannot know of it.
    private static readonly TimeSpan UnderWay = TimeSpan.FromMilliseconds(300);

    private readonly Lock _lock = new();
    private readonly Queue<DateTimeOffset> _edits = new();
    private readonly Dictionary<string, (DateTimeOffset From, DateTimeOffset Until)> _quiet = new(StringComparer.Ordinal);
    private int _limited, _ignored;

    /// <summary>Edits within any minute, tier 3 with the burst that Slack lets pass; null for no limit.</summary>
    public int? EditsAMinute { get; set; }

    /// <summary>429s that were given because the caller was too fast.</summary>
    public int Limited => Volatile.Read(ref _limited);

    /// <summary>Calls of a method before the time that a 429 had named for it.</summary>
    public int Ignored => Volatile.Read(ref _ignored);

    /// <summary>A call begins.</summary>
    public void Called(string method, DateTimeOffset now)
    {
        lock (_lock)
        {
            if (_quiet.TryGetValue(method, out var quiet) && now >= quiet.From && now < quiet.Until)
                _ignored++;
        }
    }

    /// <summary>A 429 is given.</summary>
    public void Quiet(string method, DateTimeOffset now, int seconds, bool tooFast)
    {
        lock (_lock)
        {
            _quiet[method] = (now + UnderWay, now + TimeSpan.FromSeconds(seconds));
            if (tooFast)
                _limited++;
        }
    }

    /// <summary>Seconds to wait where there were too many edits; null where there may be one more.</summary>
    public int? TooManyEdits(DateTimeOffset now)
    {
        lock (_lock)
        {
            while (_edits.TryPeek(out var first) && now - first >= Minute)
                _edits.Dequeue();
            if (EditsAMinute is { } most && _edits.Count >= most)
                return (int)Math.Ceiling((_edits.Peek() + Minute - now).TotalSeconds);
            _edits.Enqueue(now);
            return null;
        }
    }
}
