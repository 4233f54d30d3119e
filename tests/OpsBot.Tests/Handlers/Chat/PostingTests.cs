using OpsBot.Chat.Manners;
using OpsBot.Chat.Threads;
using OpsBot.Contracts.Incidents;
using OpsBot.Storage.Threads;
using OpsBot.Tests.Support;

namespace OpsBot.Tests.Handlers.Chat;

public sealed class PostingTests : IAsyncDisposable
{
    private static readonly SurfaceResult.RetryLater Away = new(TimeSpan.FromSeconds(30), "no connection") { NotPosted = true };

    private readonly SurfaceInMemory _slack = new();
    private readonly SurfaceInMemory _teams = new("teams");
    private readonly ChatStage _stage;

    public PostingTests() => _stage = new ChatStage(null, _slack, _teams);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_incident_has_one_thread_a_surface_and_its_replies_go_there()
    {
        await _stage.OpenAsync();
        await _stage.SayAsync("a", "first");
        await _stage.SayAsync("b", "second");
        await _stage.SettleAsync();

        foreach (var surface in new[] { _slack, _teams })
        {
            surface.Texts.ShouldBe(["card", "first", "second"]);
            surface.Messages.Skip(1).ShouldAllBe(message => message.Thread == "C1/1");
        }

        (await _stage.Threads.FindAsync(1, "slack", Token)).ShouldNotBeNull().ShouldSatisfyAllConditions(
            thread => thread.Reference.ShouldBe("C1/1"), thread => thread.Channel.ShouldBe("C1"), thread => thread.Posts.ShouldBe(2));
    }

    [Fact]
    public async Task What_was_sent_and_not_answered_is_found_again_and_not_posted_twice()
    {
        _slack.Instead.Enqueue(null);
        await _stage.OpenAsync();
        await _stage.SettleAsync();
        (await _stage.Threads.DeliveryAsync("slack", "INC-1/thread", Token)).ShouldNotBeNull().Status.ShouldBe(DeliveryStatus.Sent);

        _slack.Instead.Enqueue(null);
        await _stage.SayAsync("a", "first");
        await _stage.SettleForAsync(TimeSpan.FromSeconds(20));

        _slack.Texts.ShouldBe(["card", "first"]);
        _slack.Looks.ShouldBe(2);
        (await _stage.Threads.DeliveryAsync("slack", "a", Token)).ShouldNotBeNull().Status.ShouldBe(DeliveryStatus.Posted);
    }

    [Fact]
    public async Task Where_nobody_can_tell_it_is_posted_again_rather_than_lost()
    {
        await _stage.OpenAsync();
        await _stage.SettleAsync();
        _slack.Finds = new FindResult.Unknown("there is no way to look");
        _slack.Instead.Enqueue(null);
        await _stage.SayAsync("a", "first");
        await _stage.SettleForAsync(TimeSpan.FromSeconds(20));
        _slack.Texts.ShouldBe(["card", "first", "first"]);
    }

    [Fact]
    public async Task A_surface_that_is_away_holds_up_no_other_and_gets_all_in_order_when_it_is_back()
    {
        // for longer than failed tries would last
        for (var i = 0; i < 40; i++)
            _slack.Instead.Enqueue(Away);
        await _stage.OpenAsync();
        await _stage.SayAsync("a", "first");
        await _stage.SettleForAsync(TimeSpan.FromSeconds(70));
        await _stage.SayAsync("b", "second");
        await _stage.SettleForAsync(TimeSpan.FromSeconds(10));
        _teams.Texts.ShouldBe(["card", "first", "second"]);
        _slack.Messages.ShouldBeEmpty();

        await _stage.SettleForAsync(TimeSpan.FromMinutes(22));
        _slack.Texts.ShouldBe(["card", "first", "second"]);
        _teams.Texts.ShouldBe(["card", "first", "second"], "what stands there is not repeated for another surface's sake");
        (await _stage.CountAsync("dead_at is not null")).ShouldBe(0);
        _slack.Looks.ShouldBe(0, "it said that it had taken nothing");
    }

    [Fact]
    public async Task A_card_that_changes_is_edited_and_many_changes_are_one_edit()
    {
        await _stage.OpenAsync();
        await _stage.SettleAsync();
        for (var i = 0; i < 20; i++)
        {
            await _stage.Desk.InAsync(scope => i % 2 == 0
                ? _stage.Desk.Desk.AcknowledgeAsync(1, $"person {i}", scope)
                : Task.CompletedTask);
            await _stage.TouchCardAsync();
            await _stage.SettleAsync();
        }

        await _stage.SettleForAsync(TimeSpan.FromSeconds(5));
        _slack.Cards["C1/1"].State.ShouldBe("acknowledged");
        _slack.Cards["C1/1"].Edits.ShouldBe(1);
        await _stage.TouchCardAsync();
        await _stage.SettleForAsync(TimeSpan.FromSeconds(5));
        _slack.Cards["C1/1"].Edits.ShouldBe(1, "a card that says the same is left alone");
    }

    [Fact]
    public async Task A_channel_that_will_not_have_a_thread_is_said_once_and_asked_again_later()
    {
        _slack.Instead.Enqueue(new SurfaceResult.Failed("channel_not_found"));
        await _stage.OpenAsync();
        await _stage.SettleForAsync(TimeSpan.FromSeconds(5));
        for (var i = 0; i < 5; i++)
        {
            await _stage.TouchCardAsync();
            await _stage.SettleForAsync(TimeSpan.FromSeconds(5));
        }

        (await _stage.CountAsync("dead_at is not null")).ShouldBe(1);
        (await _stage.Desk.DetailAsync(1)).DeadMessages.ShouldBe(1, "the card says so");
        _slack.Messages.ShouldBeEmpty();

        _stage.Store.Clock.Advance(TimeSpan.FromMinutes(11));
        await _stage.TouchCardAsync();
        await _stage.SettleAsync();
        _slack.Texts.ShouldBe(["card"]);
    }

    [Fact]
    public async Task No_thread_gets_more_replies_than_its_budget_and_the_last_one_says_so()
    {
        await using var stage = new ChatStage(options => options.Budget = 8, _slack);
        await stage.OpenAsync();
        for (var i = 0; i < 30; i++)
            await stage.SayAsync($"n{i}", $"notice {i}", "notice");
        for (var i = 0; i < 30; i++)
            await stage.SayAsync($"s{i}", $"state {i}");
        await stage.SettleAsync();

        _slack.Replies.Count.ShouldBe(8);
        _slack.Replies.Count(reply => reply.ReplyKind == "notice").ShouldBe(6, "some are kept for news that somebody waits for");
        _slack.Replies[^1].Text.Value.ShouldStartWith("state 1");
        _slack.Replies[^1].Text.Value.ShouldContain("the last message");
        (await stage.Desk.DetailAsync(1)).Replies.Count.ShouldBeGreaterThanOrEqualTo(60, "our own pages show everything");
    }

    [Fact]
    public async Task What_waited_for_the_end_of_quiet_hours_has_all_patience_for_a_surface_that_is_away_then()
    {
        string Wall(int hours) => _stage.Store.Clock.GetUtcNow().AddHours(hours).ToString("HH:mm", System.Globalization.CultureInfo.InvariantCulture);
        await using var stage = new ChatStage(
            options =>
            {
                options.Patience = TimeSpan.FromHours(1);
                options.QuietHours.Add(new QuietHoursOptions { From = Wall(0), To = Wall(3), TimeZone = "UTC", Below = SeverityLevel.High });
            },
            _slack);
        await stage.Desk.TakeAsync(Some.Alert(severity: "low"));
        await stage.SayAsync("a", "first");
        await stage.SettleForAsync(TimeSpan.FromSeconds(5));
        _slack.Messages.ShouldBeEmpty();

        stage.Store.Clock.Advance(TimeSpan.FromHours(3));
        _slack.Instead.Enqueue(Away);
        await stage.SettleForAsync(TimeSpan.FromSeconds(40));
        _slack.Texts.ShouldBe(["card", "first"]);
        _slack.Instead.Enqueue(Away);
        await stage.SayAsync("b", "second");
        await stage.SettleForAsync(TimeSpan.FromSeconds(40));
        _slack.Texts.ShouldBe(["card", "first", "second"]);
        (await stage.CountAsync("dead_at is not null or error is not null")).ShouldBe(0);
    }

    [Fact]
    public async Task Changes_of_fifty_incidents_every_second_are_few_edits_and_end_on_the_right_card()
    {
        for (var i = 1; i <= 50; i++)
            await _stage.Desk.TakeAsync(Some.Alert(0, $"fp-{i}", service: $"service-{i}", environment: $"env-{i}"));
        // 20 s of it are a thousand; a storm against simulators of the surfaces is in the integration tests
        for (var second = 0; second < (LongRun.IsOn ? 20 : 4); second++)
        {
            for (var i = 1; i <= 50; i++)
                await _stage.Desk.TakeAsync(Some.Alert(second + 1, $"fp-{i}", second % 2 == 0 ? Contracts.Events.AlertStatus.Acknowledged : Contracts.Events.AlertStatus.Firing, service: $"service-{i}", environment: $"env-{i}"));
            await _stage.SettleForAsync(TimeSpan.FromSeconds(1));
        }

        await _stage.SettleForAsync(TimeSpan.FromSeconds(5));
        _slack.Cards.Count.ShouldBe(50);
        _slack.Cards.Values.ShouldAllBe(card => card.State == "open" && card.Edits <= 11, "one edit in two seconds at most");
        _slack.Replies.GroupBy(reply => reply.IncidentId).ShouldAllBe(replies => replies.Count() <= 20);
    }

    [Fact]
    public async Task Whatever_becomes_of_calls_everything_stands_once_and_in_order()
    {
        for (var seed = 0; seed < (LongRun.IsOn ? 10 : 3); seed++)
        {
            var (slack, teams) = (new SurfaceInMemory { Chaos = new Random(seed) }, new SurfaceInMemory("teams") { Chaos = new Random(seed + 1000) });
            await using var stage = new ChatStage(options => options.Budget = 100, slack, teams);
            await stage.OpenAsync();
            for (var i = 0; i < 12; i++)
            {
                await stage.SayAsync($"r{i}", $"reply {i}");
                await stage.SettleForAsync(TimeSpan.FromSeconds(1));
            }

            await stage.SettleForAsync(TimeSpan.FromMinutes(3));
            string[] expected = ["card", .. Enumerable.Range(0, 12).Select(i => $"reply {i}")];
            slack.Texts.ShouldBe(expected, $"seed {seed}");
            teams.Texts.ShouldBe(expected, $"seed {seed}");
        }
    }

    [Fact]
    public async Task What_was_about_to_be_sent_when_everything_ended_is_posted_once()
    {
        await _stage.OpenAsync();
        await _stage.SettleAsync();
        await _stage.Desk.InAsync(scope => SurfaceThreadTable.SentAsync(scope.Transaction, "slack", "a", scope.Now));
        await _stage.SayAsync("a", "first");
        await _stage.SettleAsync();
        _slack.Texts.ShouldBe(["card", "first"]);
        _slack.Looks.ShouldBe(1);
        _teams.Looks.ShouldBe(0);
    }

    public ValueTask DisposeAsync() => _stage.DisposeAsync();
}
