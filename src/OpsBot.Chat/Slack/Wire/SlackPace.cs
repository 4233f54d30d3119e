using System.Collections.Concurrent;

namespace OpsBot.Chat.Slack.Wire;

/// <summary>Keeps to Slack's limits before Slack has to say so: one message a second a channel, fifty edits a minute, and quiet where a 429 asked for it.</summary>
internal sealed class SlackPace(TimeProvider clock)
{
    private const int MaxChannels = 10_000;
    private const int EditBurst = 10;

    private static readonly TimeSpan BetweenMessages = TimeSpan.FromMilliseconds(1_050);
    private static readonly TimeSpan BetweenEdits = TimeSpan.FromSeconds(1.25);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly Lock _lock = new();
    private readonly Dictionary<string, DateTimeOffset> _next = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, DateTimeOffset> _held = new(StringComparer.Ordinal);

    /// <summary>Waits for the channel's turn. Gives back how long it would take where that is longer than a post should block others.</summary>
    public Task<TimeSpan?> MessageAsync(string channel, CancellationToken cancellationToken) => TakeAsync($"message {channel}", BetweenMessages, 1, cancellationToken);

    /// <summary>A message was posted: what comes next counts from its end, when Slack has it for certain.</summary>
    public void Posted(string channel)
    {
        lock (_lock)
        {
            var next = clock.GetUtcNow() + BetweenMessages;
            var key = $"message {channel}";
            if (!_next.TryGetValue(key, out var kept) || kept < next)
                _next[key] = next;
        }
    }

    public Task<TimeSpan?> EditAsync(CancellationToken cancellationToken) => TakeAsync("edit", BetweenEdits, EditBurst, cancellationToken);

    /// <summary>Slack asked for quiet.</summary>
    public void Hold(string method, TimeSpan wait) => _held[method] = clock.GetUtcNow() + wait;

    public TimeSpan? HeldFor(string method) => _held.TryGetValue(method, out var until) && until - clock.GetUtcNow() is { Ticks: > 0 } wait ? wait : null;

    private async Task<TimeSpan?> TakeAsync(string key, TimeSpan interval, int burst, CancellationToken cancellationToken)
    {
        TimeSpan wait;
        lock (_lock)
        {
            var now = clock.GetUtcNow();
            var next = _next.TryGetValue(key, out var kept) && kept > now ? kept : now;
            wait = next - now - ((burst - 1) * interval);
            if (wait > Patience)
                return wait;
            if (_next.Count > MaxChannels)
            {
                foreach (var old in _next.Where(pair => pair.Value <= now).Select(pair => pair.Key).ToList())
                    _next.Remove(old);
            }

            _next[key] = next + interval;
        }

        if (wait > TimeSpan.Zero)
            await Task.Delay(wait, clock, cancellationToken);
        return null;
    }
}
