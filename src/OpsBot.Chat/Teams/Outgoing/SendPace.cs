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
    private readonly Dictionary<string, Queue<Sent>> _sent = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (long Since, TimeSpan For)> _held = new(StringComparer.Ordinal);

    /// <summary>Lets one be sent now, which then counts.</summary>
    /// <param name="sent">To be given to <see cref="Ended"/> when it is over; null where it may not be sent.</param>
    /// <returns>Null where it may; else how long to wait.</returns>
    public TimeSpan? Take(string conversation, out Sent? sent)
    {
        sent = null;
        lock (_lock)
        {
            var now = time.GetTimestamp();
            if (_sent.Count > MostConversations) Forget(now);
            if (Held(conversation, now) is { } held) return held;
            var (own, all) = (Of(conversation, PerConversation, now), Of(Everything, Overall, now));
            if (Wait(own, PerConversation, now) is { } wait) return wait;
            if (Wait(all, Overall, now) is { } longer) return longer;
            sent = new Sent();
            own.Enqueue(sent);
            all.Enqueue(sent);
            return null;
        }
    }

    /// <summary>
    /// It is over, whatever came of it. Teams counts what it is sent when that arrives, and what had to wait for a token or a connection on the way arrives together with
    /// what was sent after it: so each counts until its end, when it has arrived for certain, and for as long as it counts from then on.
    /// </summary>
    public void Ended(Sent sent)
    {
        lock (_lock) sent.At = time.GetTimestamp();
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

    private Queue<Sent> Of(string name, (TimeSpan Span, int Most)[] windows, long now)
    {
        if (!_sent.TryGetValue(name, out var sent)) _sent[name] = sent = new Queue<Sent>();
        while (sent.TryPeek(out var first) && first.Age(time, now) >= windows[^1].Span) sent.Dequeue();
        return sent;
    }

    private TimeSpan? Wait(Queue<Sent> sent, (TimeSpan Span, int Most)[] windows, long now)
    {
        if (sent.Count < windows[0].Most) return null;
        var ages = sent.Select(each => each.Age(time, now)).Order().ToArray();
        TimeSpan? longest = null;
        foreach (var (span, most) in windows)
        {
            // the one that has to be out of the window before there is room
            if (ages.Length >= most && ages[most - 1] is var age && age < span && (longest is null || span - age > longest)) longest = span - age;
        }

        return longest;
    }

    private void Forget(long now)
    {
        foreach (var idle in _sent.Where(pair => pair.Value.All(each => each.Age(time, now) >= TimeSpan.FromSeconds(30))).Select(pair => pair.Key).ToList())
            _sent.Remove(idle);
    }

    /// <summary>One that is or was sent.</summary>
    internal sealed class Sent
    {
        /// <summary>When it ended; null while it is under way.</summary>
        internal long? At { get; set; }

        internal TimeSpan Age(TimeProvider time, long now) => At is { } at ? time.GetElapsedTime(at, now) : TimeSpan.Zero;
    }
}
