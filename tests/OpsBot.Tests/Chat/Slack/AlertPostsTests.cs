using System.Text.Json;
using OpsBot.Chat.Slack.Incoming;
using OpsBot.Contracts.Events;
using OpsBot.Contracts.Incidents;
using OpsBot.Tests.Support;

namespace OpsBot.Tests.Chat.Slack;

public sealed class AlertPostsTests
{
    [Theory]
    [InlineData("[FIRING:1] HighLatency checkout", "[RESOLVED] HighLatency checkout")]
    [InlineData(":fire: *Alert:* disk full on db-1", ":white_check_mark: disk full on db-1 recovered")]
    [InlineData("Triggered: queue depth", "Recovered: queue depth")]
    [InlineData("PROBLEM: web is down", "OK: web")]
    public void Firing_and_resolved_are_one_alert(string firing, string resolved)
    {
        var (first, second) = (Read(firing), Read(resolved));
        (first.Status, second.Status).ShouldBe((AlertStatus.Firing, AlertStatus.Resolved));
        second.IncidentKey.ShouldBe(first.IncidentKey);
    }

    [Fact]
    public void Another_title_another_bot_and_another_channel_are_other_alerts() =>
        new[] { Read("disk full on db-1"), Read("disk full on db-2"), Read("disk full on db-1", bot: "B2"), Read("disk full on db-1", channel: "C2") }
            .Select(alert => alert.IncidentKey).Distinct().Count().ShouldBe(4);

    [Fact]
    public void Facts_come_from_fields_and_the_bar()
    {
        var alert = Read("", more: """
            "attachments":[{"color":"danger","title":"CPU high","text":"over 95 % &amp; rising <https://graf.example/d/1|dashboard>",
              "fields":[{"title":"Service","value":"`checkout`","short":true},{"title":"Environment","value":"prod"},{"title":7,"value":[]}]}]
            """);
        (alert.Title, alert.Service, alert.Environment, alert.Severity).ShouldBe(("CPU high", "checkout", "prod", "high"));
        alert.Description.ShouldBe("CPU high\nover 95 % & rising dashboard");
        Read("critical: db gone").Severity.ShouldBe("critical");
        SeverityLevels.Of(Read("P1 db gone").Severity).ShouldBe(SeverityLevel.Critical);
        Read("hello").Severity.ShouldBeNull();
        Read("", more: """ "attachments":[{"color":"good","title":"CPU fine"}] """).Status.ShouldBe(AlertStatus.Resolved);
        Read("", more: """ "attachments":[{"color":"good","title":"[FIRING] CPU"}] """).Status.ShouldBe(AlertStatus.Firing);
    }

    [Fact]
    public void Words_within_a_title_end_nothing_and_bars_only_where_all_are_green()
    {
        Read("DNS name of db-1 not resolved").Status.ShouldBe(AlertStatus.Firing);
        Read("HTTP 200 OK is no longer returned").Status.ShouldBe(AlertStatus.Firing);
        Read("disk", more: """ "attachments":[{"color":"good","title":"db-1"},{"color":"danger","title":"db-2"}] """).Status.ShouldBe(AlertStatus.Firing);
        Read("disk", more: """ "attachments":[{"color":"#2EB886","title":"db-1"},{"title":"graph"}] """).Status.ShouldBe(AlertStatus.Resolved);
    }

    [Fact]
    public void Control_characters_and_halves_of_characters_do_not_reach_the_store()
    {
        var alert = Read("disk\0 full\u001b[31m on\u0007 db-1\nmore\0", bot: "B\u00011", more: """
            "attachments":[{"title":"x\u0000y","fields":[{"title":"Ser\u0000vice","value":"check\u0000out"},{"title":"service","value":"a\u001fb"}]}]
            """);
        var all = System.Text.Json.JsonSerializer.Serialize(alert, OpsBot.Contracts.OpsBotJson.Options);
        all.Replace("\\n", "", StringComparison.Ordinal).ShouldNotContain("\\u00");
        alert.Title.ShouldBe("disk  full [31m on  db-1");
        alert.Service.ShouldBe("a b");
        SlackWords.Printable("a\ud83db\udc00c 😀").ShouldBe("a\ufffdb\ufffdc 😀");
    }

    [Fact]
    public void What_is_long_is_cut_and_what_has_no_words_is_no_alert()
    {
        var alert = Read(new string('x', 7_900));
        alert.Title.Length.ShouldBe(500);
        alert.Description!.Length.ShouldBeLessThanOrEqualTo(8_000);
        Of("", "B1", "C1", "").ShouldBeNull();
        Of(" * ", "B1", "C1", """ "attachments":"odd","blocks":[7] """).ShouldBeNull();
    }

    private static AlertReported Read(string text, string bot = "B1", string channel = "C1", string more = "") => Of(text, bot, channel, more).ShouldNotBeNull();

    private static AlertReported? Of(string text, string bot, string channel, string more)
    {
        using var said = JsonDocument.Parse($$"""{"text":{{JsonSerializer.Serialize(text)}},"bot_id":{{JsonSerializer.Serialize(bot)}},"ts":"1700000000.000100"{{(more.Length > 0 ? "," + more : "")}}}""");
        return AlertPosts.Of(said.RootElement, channel, Some.Night);
    }
}
