using OpsBot.Incidents.Timeline;

namespace OpsBot.Tests.Incidents.Timeline;

public class PlainTextTests
{
    [Theory]
    [InlineData(null, "")]
    [InlineData("  one \r\n\t two  ", "one two")]
    [InlineData("a\u0000b\u202ec\u200bd", "a bcd")]
    [InlineData("0123456789", "0123456789")]
    [InlineData("0123456789x", "012345678…")]
    [InlineData("12345678😀9", "12345678…")]
    public void Text_from_outside_becomes_one_line_within_the_bound(string? text, string line) => PlainText.OneLine(text, 10).ShouldBe(line);

    [Fact]
    public void A_megabyte_is_cut_without_being_read() => PlainText.OneLine(new string(' ', 1_000_000) + "x", 10).ShouldBe("…");

    [Fact]
    public void A_broken_surrogate_does_no_harm() => PlainText.OneLine("a\ud83d", 10).Length.ShouldBeLessThanOrEqualTo(3);
}
