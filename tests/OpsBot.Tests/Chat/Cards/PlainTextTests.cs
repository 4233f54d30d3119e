using FsCheck;
using FsCheck.Fluent;
using OpsBot.Chat.Cards;

namespace OpsBot.Tests.Chat.Cards;

public class PlainTextTests
{
    [Theory]
    [InlineData(null, "")]
    [InlineData("  a \r\n\t b ", "a b")]
    [InlineData("<b>&amp;*_`<!channel>", "<b>&amp;*_`<!channel>")]
    [InlineData("a\u202Eb\u2066c\u200Fd\u200Be\uFEFFf", "a�b�c�d�e�f")]
    [InlineData("\u001b[31mred\u0000\u009b", "�[31mred��")]
    [InlineData("می\u200Cخواهم 👩\u200D💻 né 日本", "می\u200Cخواهم 👩\u200D💻 né 日本")]
    public void A_line_keeps_words_and_shows_where_something_was_taken_out(string? raw, string clean) =>
        PlainText.Line(raw, 200).Value.ShouldBe(clean);

    [Fact]
    public void Half_a_character_shows_as_missing() => PlainText.Line("lone \uD800 half", 20).Value.ShouldBe("lone � half");

    [Fact]
    public void A_block_keeps_lines_and_tabs() =>
        PlainText.Block("one\r\n\ttwo\u2028three\n", 200).Value.ShouldBe("one\n\ttwo\nthree");

    [Fact]
    public void A_cut_never_splits_a_character() => PlainText.Line("ab😀cd", 4).Value.ShouldBe("ab…");

    [Fact]
    public void A_tower_of_marks_is_lowered() =>
        PlainText.Line("Z" + new string('\u0301', 500) + "x", 1000).Value.ShouldBe("Z\u0301\u0301\u0301\u0301x");

    [Fact]
    public void Whatever_comes_in_what_goes_out_is_short_and_harmless()
    {
        var texts = Gen.Choose(0, 0xFFFF).Select(c => (char)c).ArrayOf().Select(c => new string(c)).ToArbitrary();
        Prop.ForAll(texts, raw =>
        {
            var line = PlainText.Line(raw, 20).Value;
            var block = PlainText.Block(raw, 20).Value;
            return line.Length <= 20 && block.Length <= 20
                && !line.Any(char.IsControl) && !block.Any(c => char.IsControl(c) && c is not ('\n' or '\t'))
                && PlainText.Line(line, 20).Value == line;
        }).QuickCheckThrowOnFailure();
    }
}
