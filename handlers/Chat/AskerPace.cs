using OpsBot.Chat.Manners;
using OpsBot.Storage.Engine;

namespace OpsBot.Handlers.Chat;

/// <summary>What becomes of something that somebody says.</summary>
public enum AskerTurn
{
    /// <summary>It is answered.</summary>
    Answered,

    /// <summary>It is one too many, and they are told so: once, until they have been quiet for a while.</summary>
    Refused,

    /// <summary>They were told.</summary>
    Ignored,
}

/// <summary>
/// Keeps one person or script from filling a channel with answers: so many a minute are answered, one refusal follows, then nothing. In the memory of each host,
/// because it is a manner and no rule of safety.
/// </summary>
public sealed class AskerPace(ChatManners manners, StoreClock clock)
{
    private const int Most = 10_000;

    private static readonly TimeSpan Window = TimeSpan.FromMinutes(1);

    private readonly Lock _lock = new();
    private readonly Dictionary<string, Asking> _askers = new(StringComparer.Ordinal);

    /// <summary>How many are remembered.</summary>
    internal int Count => _askers.Count;

    /// <param name="asker">Names them on their surface.</param>
    /// <param name="messageId">Of the row: one that is handled again after a crash or a failure counts once.</param>
    public AskerTurn Take(string asker, long messageId)
    {
        var now = clock.GetUtcNow();
        lock (_lock)
        {
            if (!_askers.TryGetValue(asker, out var asking))
            {
                Forget(now);
                _askers[asker] = asking = new Asking();
            }

            while (asking.Answered.TryPeek(out var first) && now - first.At >= Window)
                asking.Answered.Dequeue();
            if (asking.Answered.Any(each => each.Id == messageId))
                return AskerTurn.Answered;
            asking.Last = now;
            if (asking.Answered.Count < manners.AsksPerMinute)
            {
                asking.Answered.Enqueue((messageId, now));
                // half of it has to be free again before the next refusal, or somebody at the limit would be told in every other answer
                if (asking.Answered.Count is 1 || asking.Answered.Count * 2 <= manners.AsksPerMinute)
                    asking.RefusedBy = null;
                return AskerTurn.Answered;
            }

            asking.RefusedBy ??= messageId;
            return asking.RefusedBy == messageId ? AskerTurn.Refused : AskerTurn.Ignored;
        }
    }

    private void Forget(DateTimeOffset now)
    {
        if (_askers.Count < Most)
            return;
        foreach (var (asker, asking) in _askers.ToList())
        {
            if (now - asking.Last >= Window)
                _askers.Remove(asker);
        }

        // that many within a minute are no people
        if (_askers.Count >= Most)
            _askers.Clear();
    }

    private sealed class Asking
    {
        public Queue<(long Id, DateTimeOffset At)> Answered { get; } = new();

        public long? RefusedBy { get; set; }

        public DateTimeOffset Last { get; set; }
    }
}
