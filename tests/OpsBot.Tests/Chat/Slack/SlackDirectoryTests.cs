using OpsBot.Chat.Slack;
using OpsBot.Chat.Slack.Incoming;
using OpsBot.Chat.Slack.Wire;
using OpsBot.Tests.Support;

namespace OpsBot.Tests.Chat.Slack;

public sealed class SlackDirectoryTests
{
    private readonly ManualClock _clock = new(DateTimeOffset.FromUnixTimeSeconds(1_740_834_100));
    private readonly Dictionary<string, int> _asked = new(StringComparer.Ordinal);
    private string _broken = "";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("users.info")]
    [InlineData("auth.test")]
    public async Task A_directory_that_does_not_answer_is_left_alone_for_a_short_while(string broken)
    {
        var directory = Directory();
        _broken = broken;
        for (var i = 0; i < 5; i++)
            (await directory.EmailAsync("U1", Token)).ShouldBeNull();
        _asked[broken].ShouldBe(1);

        _broken = "";
        _clock.Advance(SlackDirectory.Rest);
        (await directory.EmailAsync("U1", Token)).ShouldBe("ada@example.com");
        (await directory.EmailAsync("U1", Token)).ShouldBe("ada@example.com");
        (_asked["auth.test"], _asked["users.info"]).ShouldBe(broken == "auth.test" ? (2, 1) : (1, 2));
    }

    [Fact]
    public async Task One_who_is_not_known_keeps_nobody_else_from_being_found()
    {
        var directory = Directory();
        _broken = "users.info";
        (await directory.EmailAsync("U1", Token)).ShouldBeNull();
        _broken = "";
        (await directory.EmailAsync("U2", Token)).ShouldBe("ada@example.com");
        (await directory.EmailAsync("U1", Token)).ShouldBeNull();
    }

    private SlackDirectory Directory()
    {
        var options = new SlackOptions { BotToken = "xoxb-1", ApiUrl = "https://slack.example/api/" };
        var server = new Some.FakeServer((request, _) =>
        {
            var method = request.RequestUri!.Segments[^1];
            _asked[method] = _asked.GetValueOrDefault(method) + 1;
            return method == _broken ? (500, "") : (200, method == "auth.test"
                ? """{"ok":true,"team_id":"T1","user_id":"U0","bot_id":"B0"}"""
                : """{"ok":true,"user":{"team_id":"T1","is_email_confirmed":true,"profile":{"email":"ada@example.com"}}}""");
        });
        return new SlackDirectory(new SlackApi(server, options, new SlackPace(_clock)), options, _clock);
    }
}
