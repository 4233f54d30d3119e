using OpsBot.Chat.Slack.Blocks;
using OpsBot.Chat.Slack.Incoming;

namespace OpsBot.Tests.Chat.Slack;

public sealed class SlackTextTests
{
    [Theory]
    [InlineData("<!channel>", "&lt;!channel&gt;")]
    [InlineData("a & b", "a &amp; b")]
    [InlineData("&lt;", "&amp;lt;")]
    public void Control_characters_of_Slack_are_entities(string text, string escaped) => SlackText.Escape(text).ShouldBe(escaped);

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(100)]
    [InlineData(2900)]
    public void Parts_are_within_their_limit_hold_everything_and_cut_no_entity_and_no_pair(int limit)
    {
        var text = string.Concat(Enumerable.Repeat("x<&>😀é", 700));
        var parts = SlackText.Split(text, limit).ToList();
        // one character is always taken, however small the limit
        parts.ShouldAllBe(part => part.Length <= Math.Max(limit, 5));
        string.Concat(parts.Select(Decoded)).ShouldBe(text);
    }

    [Fact]
    public void A_long_text_is_broken_between_lines() =>
        SlackText.Split("first line\nsecond line\nthird", 25).ShouldBe(["first line\nsecond line", "third"]);

    [Theory]
    [InlineData(10)]
    [InlineData(75)]
    public void What_does_not_fit_ends_in_an_ellipsis(int limit)
    {
        var fitted = SlackText.Fit(new string('<', 400), limit);
        fitted.Length.ShouldBeLessThanOrEqualTo(limit);
        fitted.ShouldEndWith("…");
        Decoded(fitted).TrimEnd('…').ShouldAllBe(c => c == '<');
    }

    [Theory]
    [InlineData("<@U0BOT> status", "status")]
    [InlineData("hey <@U0BOT|opsbot>, why?", "hey  , why?")]
    [InlineData("ask <@U1> in <#C1|ops>", "ask @U1 in #ops")]
    [InlineData("find <http://db-1.example|db-1.example> &amp; &lt;x&gt;", "find db-1.example & <x>")]
    [InlineData("<https://example.com/a?b=1>", "https://example.com/a?b=1")]
    [InlineData("<!here> <!subteam^S1|@oncall>", "@here @@oncall")]
    [InlineData("a < b <", "a < b <")]
    [InlineData("<>", "<>")]
    [InlineData("<|x>", "x")]
    [InlineData("&amp;lt;", "&lt;")]
    [InlineData(null, "")]
    public void Words_are_those_that_the_person_typed(string? sent, string words) => SlackWords.Plain(sent, "U0BOT").ShouldBe(words);

    [Fact]
    public void Buttons_say_nothing_but_a_proposal_and_its_version()
    {
        DecisionBlocks.Read("7/2").ShouldBe((7, 2));
        foreach (var odd in (string?[])[null, "", "7", "7/", "/2", "-7/2", "7/2/1", "0/1", "7/x", " 7/2", "99999999999999999999/1"])
            DecisionBlocks.Read(odd).ShouldBeNull(odd);
    }

    private static string Decoded(string text) =>
        text.Replace("&lt;", "<", StringComparison.Ordinal).Replace("&gt;", ">", StringComparison.Ordinal).Replace("&amp;", "&", StringComparison.Ordinal);
}
