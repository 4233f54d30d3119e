using OpsBot.Chat.Manners;
using OpsBot.Contracts.Messages;
using OpsBot.Contracts.Threads;
using OpsBot.Storage.Messages;
using OpsBot.Tests.Support;

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
