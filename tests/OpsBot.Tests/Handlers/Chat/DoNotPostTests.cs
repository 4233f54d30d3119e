using OpsBot.Chat.Manners;
using OpsBot.Contracts.Messages;
using OpsBot.Contracts.Ports;
using OpsBot.Contracts.Threads;
using OpsBot.Runtime.Redaction;
using OpsBot.Storage.Messages;
using OpsBot.Tests.Support;
using OpsBot.Watches.Desk;

namespace OpsBot.Tests.Handlers.Chat;

public sealed class DoNotPostTests
{
    private readonly SurfaceInMemory _slack = new();

    [Theory]
    [InlineData("all")]
    [InlineData("channel")]
    [InlineData("service")]
    public async Task Nothing_is_posted_where_nothing_may_be_not_even_what_waited(string what)
    {
        await using var stage = new ChatStage(options => Forbid(options, what), _slack);
        await stage.OpenAsync();
        await stage.SayAsync("a");
        await stage.SettleForAsync(TimeSpan.FromSeconds(5));
        _slack.Messages.ShouldBeEmpty();
        (await stage.Desk.DetailAsync(1)).Replies.ShouldNotBeEmpty("our own pages are no chat");
        (await stage.CountAsync("dead_at is not null or handled_at is null and kind like 'chat.%'")).ShouldBe(0);
    }

    [Theory]
    [InlineData("all")]
    [InlineData("channel")]
    [InlineData("service")]
    public async Task A_thread_that_stands_is_left_alone_as_soon_as_nothing_may_be_posted(string what)
    {
        ChatOptions? given = null;
        await using var stage = new ChatStage(options => given = options, _slack);
        await stage.OpenAsync();
        await stage.SettleAsync();
        _slack.Texts.ShouldBe(["card"]);

        Forbid(given!, what);
        await stage.SayAsync("a");
        await stage.Desk.InAsync(scope => stage.Desk.Desk.AcknowledgeAsync(1, "Ada", scope));
        await stage.SettleForAsync(TimeSpan.FromSeconds(5));
        _slack.Texts.ShouldBe(["card"]);
        _slack.Cards["C1/1"].Edits.ShouldBe(0);
    }

    [Theory]
    [InlineData("all", 0)]
    [InlineData("channel", 0)]
    [InlineData("nothing", 1)]
    public async Task Answers_are_posts_too(string what, int answers)
    {
        await using var stage = new ChatStage(options => Forbid(options, what), _slack);
        await stage.Desk.InAsync(scope =>
        {
            scope.Follow(NewMessage.Of(new PostAnswer("answer/1", new ChatPlace("slack", "C1"), "hello", true, "U1", null, [], null), "answer/x"));
            return Task.CompletedTask;
        });
        await stage.SettleAsync();
        _slack.Answers.Count.ShouldBe(answers);
    }

    [Theory]
    [InlineData("payroll", 0)]
    [InlineData("shop", 1)]
    public async Task What_a_watch_says_is_a_post_about_its_service_wherever_it_was_asked_for(string service, int said)
    {
        await using var stage = new ChatStage(options => options.DoNotPostAbout = ["payr*"], _slack);
        await stage.OpenAsync();
        await stage.SettleAsync();
        IReadOnlyList<string> about = [service];
        await stage.Desk.InAsync(scope =>
        {
            scope.Follow(NewMessage.Of(new PostReply(1, "INC-1/WATCH-1/verdict", "it is late", "watch") { About = about }, Streams.Thread(1)));
            scope.Follow(NewMessage.Of(new PostAnswer("WATCH-1/verdict", new ChatPlace("slack", "C1"), "it is late", false, "", null, [], null) { About = about }, "answer/watch/1"));
            return Task.CompletedTask;
        });
        await stage.SettleAsync();

        (_slack.Replies.Count, _slack.Answers.Count).ShouldBe((said, said));
        (await stage.Desk.DetailAsync(1)).Replies.ShouldContain(reply => reply.Text == "it is late", "our own pages are no chat");
        (await stage.CountAsync("dead_at is not null or handled_at is null and kind like 'chat.%'")).ShouldBe(0);
    }

    [Theory]
    [InlineData("payroll", false)]
    [InlineData("shop", true)]
    public async Task The_card_of_another_service_leaves_a_watch_out_that_nothing_is_to_be_posted_about(string service, bool shown)
    {
        await using var stage = new ChatStage(options => options.DoNotPostAbout = ["payr*"], _slack);
        await stage.OpenAsync();
        await stage.Desk.InAsync(scope => new WatchDesk(stage.Store.Get<ILiveUpdates>(), stage.Store.Get<IRedactor>())
            .StartAsync(Some.Watch() with { Title = "the run of the month", Service = service, AttachedTo = 1, Deadline = scope.Now.AddHours(1) }, scope));
        await stage.TouchCardAsync();
        await stage.SettleForAsync(TimeSpan.FromSeconds(5));

        (await stage.CountAsync("1 = 1 and (select count(*) from threads where surface = 'slack' and card like '%the run of the month%') > 0") > 0).ShouldBe(shown);
        (await stage.CountAsync("1 = 1 and (select count(*) from threads where surface = 'web' and card like '%the run of the month%') > 0") > 0).ShouldBeTrue();
    }

    [Fact]
    public async Task What_is_quiet_waits_until_it_is_no_longer_and_what_is_grave_does_not()
    {
        // the clock of the tests begins at three in the morning
        await using var stage = new ChatStage(
            options => options.QuietHours = [new QuietHoursOptions { From = "22:00", To = "07:00", Below = Contracts.Incidents.SeverityLevel.High }], _slack);
        await stage.Desk.TakeAsync(Some.Alert() with { Severity = "warning" });
        await stage.SayAsync("a", "first");
        await stage.SettleAsync();
        stage.Store.Clock.Advance(TimeSpan.FromHours(3));
        await stage.SettleAsync();
        _slack.Messages.ShouldBeEmpty();
        stage.Store.Clock.Advance(TimeSpan.FromHours(1.1));
        await stage.SettleAsync();
        _slack.Texts.ShouldBe(["card", "first"]);

        await using var grave = new ChatStage(
            options => options.QuietHours = [new QuietHoursOptions { From = "22:00", To = "07:00", Below = Contracts.Incidents.SeverityLevel.High }], _slack);
        await grave.Desk.TakeAsync(Some.Alert() with { Severity = "critical" });
        await grave.SettleAsync();
        _slack.Texts.ShouldBe(["card", "first", "card"]);
    }

    private static void Forbid(ChatOptions options, string what)
    {
        switch (what)
        {
            case "all":
                options.DoNotPost = true;
                break;
            case "channel":
                options.DoNotPostIn.Add("slack:C1");
                break;
            case "service":
                options.DoNotPostAbout.Add("*");
                break;
        }
    }
}
