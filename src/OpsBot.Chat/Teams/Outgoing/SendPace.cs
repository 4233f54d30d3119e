namespace OpsBot.Chat.Teams.Outgoing;

/// <summary>
/// How fast Teams lets a bot write into one conversation: 7 in a second, 8 in two, 60 in thirty, 1,800 in an hour; and 50 a second into all of a
/// tenant's. Kept from our side, because whoever runs into 429 is held back for longer.
/// </summary>
internal sealed class SendPace(TimeProvider time)
{
    private const int MostConversations = 10_000;
    private const string Everything = "";

    private static readonly (TimeSpan Span, int Most)[] PerConversation =
        [(TimeSpan.FromSeconds(1), 7), (TimeSpan.FromSeconds(2), 8), (TimeSpan.FromSeconds(30), 60), (TimeSpan.FromHours(1), 1_800)];

    private static readonly (TimeSpan Span, int Most)[] Overall = [(TimeSpan.FromSeconds(1), 50)];

    private readonly Lock _lock = new();
    private readonly Dictionary<string, Queue<long>> _sent = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (long Since, TimeSpan For)> _held = new(StringComparer.Ordinal);

    /// <summary>Null where one may be sent now, which then counts; else how long to wait.</summary>
    public TimeSpan? Take(string conversation)
    {
        lock (_lock)
        {
            var now = time.GetTimestamp();
            if (_sent.Count > MostConversations) Forget(now);
            if (Held(conversation, now) is { } held) return held;
            var (own, all) = (Of(conversation, PerConversation, now), Of(Everything, Overall, now));
            if (Wait(own, PerConversation, now) is { } wait) return wait;
            if (Wait(all, Overall, now) is { } longer) return longer;
            own.Enqueue(now);
            all.Enqueue(now);
            return null;
        }
    }

    /// <summary>Teams wants to hear nothing of it for so long.</summary>
    public void Hold(string conversation, TimeSpan wait)
    {
        lock (_lock)
        {
            var now = time.GetTimestamp();
            if (_held.Count > MostConversations) _held.Clear();
            if (Held(conversation, now) is not { } left || left < wait) _held[conversation] = (now, wait);
        }
    }

    private TimeSpan? Held(string conversation, long now)
    {
        if (!_held.TryGetValue(conversation, out var held)) return null;
        if (held.For - time.GetElapsedTime(held.Since, now) is var left && left > TimeSpan.Zero) return left;
        _held.Remove(conversation);
        return null;
    }

    private Queue<long> Of(string name, (TimeSpan Span, int Most)[] windows, long now)
    {
        if (!_sent.TryGetValue(name, out var sent)) _sent[name] = sent = new Queue<long>();
        while (sent.TryPeek(out var first) && time.GetElapsedTime(first, now) >= windows[^1].Span) sent.Dequeue();
        return sent;
    }

    private TimeSpan? Wait(Queue<long> sent, (TimeSpan Span, int Most)[] windows, long now)
    {
        TimeSpan? longest = null;
        foreach (var (span, most) in windows)
        {
            if (sent.Count < most) continue;
            // the one that has to be out of the window before there is room
            var age = time.GetElapsedTime(sent.ElementAt(sent.Count - most), now);
            if (age < span && (longest is null || span - age > longest)) longest = span - age;
        }

        return longest;
    }

    private void Forget(long now)
    {
        foreach (var idle in _sent.Where(pair => pair.Value.All(at => time.GetElapsedTime(at, now) >= TimeSpan.FromSeconds(30))).Select(pair => pair.Key).ToList())
            _sent.Remove(idle);
    }
}
