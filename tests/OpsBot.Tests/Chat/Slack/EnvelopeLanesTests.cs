using System.Collections.Concurrent;
using System.Text.Json;
using OpsBot.Chat.Slack.Incoming;

namespace OpsBot.Tests.Chat.Slack;

public sealed class EnvelopeLanesTests
{
    private readonly ConcurrentQueue<string> _done = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_is_slow_holds_up_its_own_conversation_and_no_other()
    {
        var lanes = new EnvelopeLanes();
        var slow = new TaskCompletionSource();
        await lanes.AddAsync("a", () => DoAsync("a1", slow.Task), Token);
        await lanes.AddAsync("a", () => DoAsync("a2"), Token);
        var other = new TaskCompletionSource();
        await lanes.AddAsync("b", () => DoAsync("b1", done: other), Token);
        await other.Task.WaitAsync(Token);
        _done.ShouldBe(["b1"]);
        slow.SetResult();
        await lanes.Idle.WaitAsync(Token);
        _done.ShouldBe(["b1", "a1", "a2"]);
    }

    [Fact]
    public async Task A_failure_holds_up_nothing()
    {
        var lanes = new EnvelopeLanes();
        await lanes.AddAsync("a", () => Task.FromException(new IOException("gone")), Token);
        await lanes.AddAsync("a", () => throw new IOException("gone at once"), Token);
        await lanes.AddAsync("a", () => DoAsync("a3"), Token);
        await lanes.Idle.WaitAsync(Token);
        _done.ShouldBe(["a3"]);
    }

    [Fact]
    public async Task So_many_are_worked_on_and_so_many_are_in_hand_and_no_more()
    {
        var lanes = new EnvelopeLanes(atOnce: 2, most: 4);
        var slow = new TaskCompletionSource();
        var (working, most) = (0, 0);
        for (var i = 0; i < 4; i++)
            await lanes.AddAsync($"{i}", WorkAsync, Token);
        var beyond = lanes.AddAsync("beyond", WorkAsync, Token);
        await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, Token);
        beyond.IsCompleted.ShouldBeFalse();
        slow.SetResult();
        await beyond.WaitAsync(Token);
        await lanes.Idle.WaitAsync(Token);
        most.ShouldBe(2);

        async Task WorkAsync()
        {
            lock (_done)
                most = Math.Max(most, ++working);
            await slow.Task;
            lock (_done)
                working--;
        }
    }

    [Theory]
    [InlineData("events_api", """{"event":{"type":"app_mention","channel":"C1","user":"U1","ts":"5.1","thread_ts":"4.1"}}""", "C1/4.1")]
    [InlineData("events_api", """{"event":{"type":"app_mention","channel":"C1","user":"U1","ts":"5.1"}}""", "C1/5.1")]
    [InlineData("events_api", """{"event":{"type":"message","channel_type":"im","channel":"D1","user":"U1","ts":"5.1"}}""", "D1/U1")]
    [InlineData("events_api", """{"event":{"type":"message","channel_type":"channel","channel":"C1","bot_id":"B1","ts":"5.1"}}""", "C1/")]
    [InlineData("interactive", """{"type":"block_actions","channel":{"id":"C1"},"message":{"ts":"5.1","thread_ts":"4.1"},"user":{"id":"U1"}}""", "C1/4.1")]
    [InlineData("interactive", """{"type":"block_actions","container":{"channel_id":"C1","message_ts":"4.1"},"user":{"id":"U1"}}""", "C1/4.1")]
    [InlineData("interactive", """{"type":"view_submission","view":{},"user":{"id":"U1"}}""", "/U1")]
    [InlineData("slash_commands", """{"channel_id":"C1","user_id":"U1"}""", "C1/U1")]
    [InlineData("something_new", """{"channel_id":"C1"}""", "")]
    [InlineData("events_api", "null", "/")]
    public void A_conversation_is_a_thread_or_what_one_says_in_a_channel(string type, string payload, string lane)
    {
        using var document = JsonDocument.Parse(payload);
        EnvelopeLanes.Of(type, document.RootElement).ShouldBe(lane);
    }

    private async Task DoAsync(string what, Task? after = null, TaskCompletionSource? done = null)
    {
        await (after ?? Task.CompletedTask);
        _done.Enqueue(what);
        done?.SetResult();
    }
}
