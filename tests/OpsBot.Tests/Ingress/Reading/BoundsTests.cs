using System.Text.Json;
using OpsBot.Ingress.Reading;

namespace OpsBot.Tests.Ingress.Reading;

public sealed class BoundsTests
{
    [Fact]
    public void Long_text_is_cut_without_halving_a_character()
    {
        Bounds.Cut("abc", 3).ShouldBe("abc");
        Bounds.Cut("abcd", 3).ShouldBe("ab…");
        Bounds.Cut("a\U0001F600bcd", 3).ShouldBe("a…");
    }

    [Fact]
    public void Different_long_keys_stay_different_and_fit_their_column()
    {
        var one = Bounds.Key(new string('k', 1_000) + "1");
        var other = Bounds.Key(new string('k', 1_000) + "2");

        one.ShouldNotBe(other);
        one.Length.ShouldBeLessThanOrEqualTo(Bounds.KeyLength);
        Bounds.Key("PGR0VU2").ShouldBe("PGR0VU2");
        Bounds.Key("a\nb").ShouldNotContain("\n");
        Bounds.Key("a\nb").ShouldNotBe(Bounds.Key("a\tb"));
    }

    [Fact]
    public void A_wrong_value_is_shown_short_and_on_one_line()
    {
        using var document = JsonDocument.Parse("""{"long":{"a":[1,2,3,"a text that goes on and on and on and on and on"]},"text":"two\nlines"}""");

        Bounds.Quote(document.RootElement.GetProperty("long")).Length.ShouldBeLessThanOrEqualTo(60);
        Bounds.Quote(document.RootElement.GetProperty("text")).ShouldBe("'two lines'");
    }
}
