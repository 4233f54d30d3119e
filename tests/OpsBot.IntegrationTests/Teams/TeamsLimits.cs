namespace OpsBot.IntegrationTests.Teams;

/// <summary>
/// The limits that Microsoft publishes for what a bot sends (7 in a second, 8 in two, 60 in thirty and 1,800 in an hour in one conversation, 50 a second in a tenant),
/// as the connector holds them against whoever calls, with moods of its own on top: and who kept to them, and who did not.
/// </summary>
internal sealed class TeamsLimits
{
    private const string Tenant = "";

    private static readonly (TimeSpan Span, int Most)[] PerConversation =
        [(TimeSpan.FromSeconds(1), 7), (TimeSpan.FromSeconds(2), 8), (TimeSpan.FromSeconds(30), 60), (TimeSpan.FromHours(1), 1_800)];

    private static readonly (TimeSpan Span, int Most)[] Overall = [(TimeSpan.FromSeconds(1), 50)];

    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);

    // A call that is under way when a 429 is given cannot know of it.
    private static readonly TimeSpan UnderWay = TimeSpan.FromMilliseconds(300);

    // Between a client that sends and a server that takes nobody keeps the distance exactly.
    private static readonly TimeSpan Jitter = TimeSpan.FromMilliseconds(100);

    private readonly Lock _lock = new();
    private readonly Dictionary<string, List<DateTimeOffset>> _calls = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (DateTimeOffset From, DateTimeOffset Until)> _quiet = new(StringComparer.Ordinal);
    private readonly List<(string What, int Status)> _moods = [];

    /// <summary>Calls beyond a limit, where they were sent to.</summary>
    public List<string> Limited { get; } = [];

    /// <summary>Calls into a conversation before the time that a 429 had named for it.</summary>
    public List<string> Ignored { get; } = [];

    /// <summary>The next call of a sort is answered so instead of being done.</summary>
    /// <param name="what"><c>create</c>, <c>post</c> or <c>update</c>.</param>
    public void Break(string what, int status)
    {
        lock (_lock)
            _moods.Add((what, status));
    }

    /// <summary>As the simulator of the connector asks of each call.</summary>
    public (int Status, string? RetryAfter, string? Code)? Answer(string what, string place)
    {
        if (what == "member")
            return null;
        var now = TimeProvider.System.GetUtcNow();
        lock (_lock)
        {
            if (_quiet.TryGetValue(place, out var quiet) && now >= quiet.From && now < quiet.Until)
                Ignored.Add($"{what} {place}");
            if (_moods.FindIndex(mood => mood.What == what) is >= 0 and var next)
            {
                var mood = _moods[next];
                _moods.RemoveAt(next);
                return mood.Status == 429 ? Wait(place, now) : (mood.Status, null, "said by the storm");
            }

            var (own, all) = (Of(place), Of(Tenant));
            if (IsOver(own, PerConversation, now) || IsOver(all, Overall, now))
            {
                Limited.Add($"{what} {place}");
                return Wait(place, now);
            }

            own.Add(now);
            all.Add(now);
            return null;
        }
    }

    private (int Status, string? RetryAfter, string? Code) Wait(string place, DateTimeOffset now)
    {
        _quiet[place] = (now + UnderWay, now + RetryAfter);
        return (429, "1", "TooManyRequests");
    }

    private List<DateTimeOffset> Of(string place) => _calls.TryGetValue(place, out var calls) ? calls : _calls[place] = [];

    private static bool IsOver(List<DateTimeOffset> calls, (TimeSpan Span, int Most)[] windows, DateTimeOffset now) =>
        windows.Any(window => calls.Count >= window.Most && now - calls[^window.Most] < window.Span - Jitter);
}
