using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using OpsBot.Chat.Slack.Blocks;
using OpsBot.Chat.Slack.Wire;

namespace OpsBot.Chat.Slack.Incoming;

/// <summary>
/// Envelopes are handled at once, what belongs to one conversation in the order in which it came: while one waits for Slack's directory, the others go on. One for
/// all connections, because a conversation may go on over the next.
/// </summary>
/// <param name="atOnce">Most that are worked on.</param>
/// <param name="most">Most that are in hand, worked on or waiting; beyond that nothing more is read.</param>
[SuppressMessage("Reliability", "CA1001", Justification = "Semaphores without a wait handle hold nothing, and what is still in hand at the end releases them.")]
internal sealed class EnvelopeLanes(int atOnce = 16, int most = 64)
{
    private readonly SemaphoreSlim _room = new(most, most), _turns = new(atOnce, atOnce);
    private readonly Lock _lock = new();
    private readonly Dictionary<string, Task> _last = new(StringComparer.Ordinal);

    /// <summary>Done once nothing that was added by now is in hand.</summary>
    public Task Idle
    {
        get
        {
            lock (_lock)
                return Task.WhenAll(_last.Values);
        }
    }

    /// <summary>Returns as soon as there is room for it; it is done some time after.</summary>
    /// <param name="lane">As <see cref="Of"/> gives it.</param>
    /// <param name="work">What it throws is its own business.</param>
    public async Task AddAsync(string lane, Func<Task> work, CancellationToken cancellationToken)
    {
        await _room.WaitAsync(cancellationToken);
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Task before;
        lock (_lock)
        {
            before = _last.GetValueOrDefault(lane, Task.CompletedTask);
            _last[lane] = done.Task;
        }

        _ = RunAsync(lane, before, work, done);
    }

    /// <summary>
    /// The conversation that an envelope belongs to, by its parts alone: the thread where there is one, else what one person says in one channel; of a channel that is
    /// watched the channel.
    /// </summary>
    public static string Of(string type, JsonElement payload)
    {
        switch (type)
        {
            case "events_api":
                var said = payload.Part("event");
                var own = said.Word("thread_ts") ?? (said.Word("type") == "app_mention" ? said.Word("ts") : said.Word("channel_type") == "im" ? said.Word("user") : "");
                return $"{said.Word("channel")}/{own}";
            case "interactive" when payload.Word("type") == "view_submission":
                var origin = FormView.Origin(payload.Part("view").Word("private_metadata"));
                return $"{origin?.Channel}/{origin?.Thread ?? payload.Part("user").Word("id")}";
            case "interactive":
                var container = payload.Part("container");
                return $"{payload.Part("channel").Word("id") ?? container.Word("channel_id")}/{payload.Part("message").Word("thread_ts") ?? container.Word("thread_ts") ?? container.Word("message_ts")}";
            case "slash_commands":
                return $"{payload.Word("channel_id")}/{payload.Word("user_id")}";
            default:
                return "";
        }
    }

    private async Task RunAsync(string lane, Task before, Func<Task> work, TaskCompletionSource done)
    {
        await before;
        // whoever waits for the one before holds no turn
        await _turns.WaitAsync(CancellationToken.None);
        try
        {
            await Task.Run(work, CancellationToken.None).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        finally
        {
            _turns.Release();
            lock (_lock)
            {
                if (_last[lane] == done.Task)
                    _last.Remove(lane);
            }

            _room.Release();
            done.SetResult();
        }
    }
}
