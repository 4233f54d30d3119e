using System.Text.Json;
using OpsBot.Ingress.Mapped;
using OpsBot.Ingress.Reading;
using OpsBot.Ingress.Webhooks;

namespace OpsBot.Tests.Ingress.Mapped;

public sealed class TemplateTests
{
    private const string Body = """
        {"name":"disk","n":7.50,"yes":true,"none":null,"empty":"","blank":"  ","na":"N/A","list":["a","b",null,"c"],
         "deep":{"er":[{"x":"one"},{"y":"two"},{"x":"three"}]},"odd name":{"a.b":"odd"},"text":"[P2] [Recovered] disk","brace":"}"}
        """;

    [Theory]
    [InlineData("{name}", "disk")]
    [InlineData("{ name }", "disk")]
    [InlineData("{$.name}", "disk")]
    [InlineData("{n}", "7.50")]
    [InlineData("{yes}", "true")]
    [InlineData("plain", "plain")]
    [InlineData("{name} of {n}", "disk of 7.50")]
    [InlineData("{{{name}}}", "{disk}")]
    [InlineData("{list[1]}", "b")]
    [InlineData("{list[*]}", "a, b, c")]
    [InlineData("{deep.er[*].x}", "one, three")]
    [InlineData("{deep.er[2].x}", "three")]
    [InlineData("{[\"odd name\"][\"a.b\"]}", "odd")]
    [InlineData("{missing} ?? {name}", "disk")]
    [InlineData("{missing}{name} ?? {n}", "7.50")]
    [InlineData("{none} ?? {empty} ?? {blank} ?? {na} ?? last", "last")]
    [InlineData("{name.deeper} ?? {list.name} ?? {name[0]} ?? {deep[0]} ?? nowhere", "nowhere")]
    [InlineData(@"{text /^\[(P[1-5])\]/}", "P2")]
    [InlineData("{text /Recovered/}", "Recovered")]
    [InlineData("{text /Triggered/} ?? other", "other")]
    [InlineData("{text /d{1}isk|x??y/}", "disk")]
    [InlineData("{header:X-Kind} ?? none", "test")]
    [InlineData("{label:service}", "cart")]
    public void A_template_is_filled(string template, string expected) => Fill(template).ShouldBe(expected);

    [Theory]
    [InlineData("{missing}")]
    [InlineData("{name} {missing}")]
    [InlineData("{list[9]}")]
    [InlineData("{label:other}")]
    [InlineData("{header:Authorization}")]
    public void What_is_not_there_gives_nothing(string template) => Fill(template).ShouldBeNull();

    [Theory]
    [InlineData("{list}", "list: [\"a\",\"b\",null,\"c\"] is not text")]
    [InlineData("{missing} ?? {deep}", "deep: ")]
    public void A_list_or_an_object_in_the_place_of_text_is_wrong(string template, string message) =>
        Should.Throw<UnreadableException>(() => Fill(template)).Message.ShouldStartWith(message);

    [Theory]
    [InlineData("", "is empty")]
    [InlineData("{a} ??", "is empty")]
    [InlineData("?? {a}", "is empty")]
    [InlineData("{", "a name is missing")]
    [InlineData("{}", "a name is missing")]
    [InlineData("{a", "expected . or [ or }")]
    [InlineData("{a b}", "expected . or [ or }")]
    [InlineData("{a..b}", "a name is missing")]
    [InlineData("{a[x]}", "in brackets stands")]
    [InlineData("{a[-1]}", "in brackets stands")]
    [InlineData("{a[99999]}", "in brackets stands")]
    [InlineData("{a[\"b]}", "a name in brackets ends")]
    [InlineData("a}", "closes nothing")]
    [InlineData("{a /x", "is not closed by /}")]
    [InlineData("{a /(/}", "the pattern is not one")]
    [InlineData("{a /(?=b)/}", "the pattern is not one")]
    [InlineData("{a //}", "a pattern has 1 to 200")]
    [InlineData("{header:}", "a name is missing")]
    [InlineData("{label:}", "a name is missing")]
    [InlineData("{a.b.c.d.e.f.g.h.i.j.k.l.m.n.o.p.q}", "17 steps")]
    public void What_is_no_template_says_where(string template, string problem)
    {
        var message = Should.Throw<FormatException>(() => Template.Parse(template)).Message;
        message.ShouldContain(problem);
        message.ShouldContain("at character");
    }

    [Fact]
    public void A_template_has_bounds()
    {
        Should.Throw<FormatException>(() => Template.Parse(new string('x', 1_001))).Message.ShouldContain("1000");
        Should.Throw<FormatException>(() => Template.Parse(string.Join("??", Enumerable.Repeat("{a}", 11)))).Message.ShouldContain("10 alternatives");
        Should.Throw<FormatException>(() => Template.Parse(string.Concat(Enumerable.Repeat("{a}", 21)))).Message.ShouldContain("20 places");
    }

    [Fact]
    public void Nothing_that_is_written_breaks_the_parser()
    {
        var random = new Random(20260301);
        const string Alphabet = "{}[]$.*\"/\\?ab0 :|()";
        for (var i = 0; i < 20_000; i++)
        {
            var text = string.Concat(Enumerable.Range(0, random.Next(1, 14)).Select(_ => Alphabet[random.Next(Alphabet.Length)]));
            try
            {
                Fill(text);
            }
            catch (Exception expected) when (expected is FormatException or UnreadableException)
            {
                // both are what a person or a sender is told
            }
        }
    }

    [Theory]
    [InlineData("2026-03-01T10:00:00+01:00", "2026-03-01T09:00:00Z")]
    [InlineData("2026-03-01 09:00:00", "2026-03-01T09:00:00Z")]
    [InlineData("1772355600", "2026-03-01T09:00:00Z")]
    [InlineData("1772355600.5", "2026-03-01T09:00:00.5Z")]
    [InlineData("1.7723556e9", "2026-03-01T09:00:00Z")]
    [InlineData("1772355600000", "2026-03-01T09:00:00Z")]
    [InlineData("1772355600000000", "2026-03-01T09:00:00Z")]
    [InlineData("1772355600000000000", "2026-03-01T09:00:00Z")]
    [InlineData("0", null)]
    [InlineData("0001-01-01T00:00:00Z", null)]
    public void Times_are_read_in_every_unit(string text, string? expected)
    {
        Moment.TryParse(text, out var time).ShouldBeTrue();
        (time is { } at ? OpsBot.Contracts.OpsBotJson.Format(at) : null).ShouldBe(expected);
    }

    [Theory]
    [InlineData("soon")]
    [InlineData("-5")]
    [InlineData("1e999")]
    [InlineData("123456789012345678901234567890")]
    [InlineData("NaN")]
    [InlineData("1,772,355,600")]
    public void What_is_no_time_is_said(string text) => Moment.TryParse(text, out _).ShouldBeFalse();

    private static string? Fill(string template)
    {
        using var document = JsonDocument.Parse(Body);
        var body = new JsonView(document.RootElement);
        var scope = new MappedScope(new WebhookHeaders([KeyValuePair.Create("X-Kind", "test")]), body, body, new HashSet<string> { "N/A" }, new SharedReadings())
        {
            Labels = new Dictionary<string, string> { ["service"] = "cart" },
        };
        return Template.Parse(template).First(scope, new TextLimit(1_000))?.Text;
    }
}
