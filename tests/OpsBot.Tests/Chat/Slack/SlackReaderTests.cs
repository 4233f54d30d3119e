using System.Text.Json;
using OpsBot.Chat.Slack;
using OpsBot.Chat.Slack.Incoming;
using OpsBot.Tests.Support;

namespace OpsBot.Tests.Chat.Slack;

/// <summary>What is read of a payload while <c>auth.test</c> has not been answered: the payload itself says who we are.</summary>
public sealed class SlackReaderTests
{
    private static readonly SlackReader Reader = new(new SlackOptions { AlertChannels = ["C1"] }, new ManualClock(Some.Night));

    [Fact]
    public void A_card_of_ours_in_a_watched_channel_is_no_alert_even_while_Slack_does_not_say_who_we_are()
    {
        Read("""{"type":"message","channel":"C1","bot_id":"BOURS","app_id":"AOURS","user":"UOURS","text":"INC-1 CRITICAL, open: db down","ts":"1700000000.000100"}""")
            .ShouldBeOfType<SlackSaid.Nothing>("it would open an incident about our own card, whose card would open the next");
        Read("""{"type":"message","channel":"C1","bot_id":"BOURS","user":"UOURS","text":"INC-1 CRITICAL, open: db down","ts":"1700000000.000100"}""")
            .ShouldBeOfType<SlackSaid.Nothing>();
        Read("""{"type":"message","channel":"C1","bot_id":"BOTHER","app_id":"AOTHER","text":"CRITICAL db down","ts":"1700000000.000100"}""")
            .ShouldBeOfType<SlackSaid.Alert>();
    }

    [Fact]
    public void The_mention_of_us_is_taken_out_even_while_Slack_does_not_say_who_we_are() =>
        Read("""{"type":"app_mention","channel":"C1","user":"U1","text":"<@UOURS> status","ts":"1700000000.000100"}""")
            .ShouldBeOfType<SlackSaid.Chat>().Received.Text.ShouldBe("status");

    private static SlackSaid Read(string said)
    {
        using var body = JsonDocument.Parse(
            $$"""{"type":"event_callback","event_id":"Ev1","api_app_id":"AOURS","team_id":"T1","authorizations":[{"team_id":"T1","user_id":"UOURS","is_bot":true}],"event":{{said}}}""");
        return Reader.Event(body.RootElement, SlackSelf.Unknown);
    }
}
