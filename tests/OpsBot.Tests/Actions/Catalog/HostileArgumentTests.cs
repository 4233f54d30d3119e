using OpsBot.Actions.Catalog;
using OpsBot.Tests.Support;

namespace OpsBot.Tests.Actions.Catalog;

/// <summary>What somebody might send to get more than one plain argument.</summary>
public sealed class HostileArgumentTests
{
    public static TheoryData<string> PlainWords =>
    [
        // options
        "-", "--", "-a", "--all", "--all-namespaces", "-rf", "--kubeconfig=/tmp/x", "--token=x", "-o/etc/passwd", "+x", "@/etc/passwd", "=x",
        // second arguments and shells
        "a b", "a\tb", "a;b", "a; rm -rf /", "a&&b", "a|b", "a`id`", "$(id)", "${HOME}", "a>b", "a<b", "a*", "a?", "[a]", "{a,b}", "a'b", "a\"b", "a\\b", "#a", "!a", "a%20b", "a,b",
        // control and invisible characters
        "", " ", "a ", " a", "a\nb", "a\r\nb", "\n", "a\0b", "\0", "a\u0007", "a\u001b[31m", "a\u007f", "a\u0085b", "a\u00a0b", "a\u00adb", "a\u200bb", "a\u200db",
        "a\u202eb", "a\u2066b", "a\ufeffb", "a\u2028b", "a\u2029b", "a\u3000b", "a\ufe0f", "a\U000e0061",
        // look-alikes and other spellings
        "р\u0430yments", "\u0430dmin", "pаyments", "ｐａｙｍｅｎｔｓ", "cafe\u0301", "café", "ﬁle", "\u212bngstrom", "\u2010a", "－－all", "\u2212a", "１２", "\u0661", "\U0001d41a", "😀", "\ud800", "a\udc00b", "\ufffd",
        // elsewhere
        "..", ".", "../x", "a/../b", "a/..", "./a", "a/./b", "/etc/passwd", "~", "~root", "~/x", "/", "//x", "..\\x", "a/../../etc/shadow",
    ];

    [Theory]
    [MemberData(nameof(PlainWords))]
    public void It_is_refused_with_the_parameter_and_the_value_shown_safely(string value)
    {
        var refused = Should.Throw<ActionRefusedException>(() => Some.Planner().Plan(Some.Action(), Some.Arguments(("cache", value)), null));
        refused.Message.ShouldStartWith("purge-cache: cache = '");
        refused.Message.Where(c => c is < ' ' or > '~').ShouldBe("…".Where(refused.Message.Contains));
    }

    [Fact]
    public void A_very_long_value_is_refused_and_shown_shortened()
    {
        var refused = Should.Throw<ActionRefusedException>(() => Some.Planner().Plan(Some.Action(), Some.Arguments(("cache", new string('a', 1 << 20))), null));
        refused.Message.ShouldContain("1048576 characters; at most 200");
        refused.Message.Length.ShouldBeLessThan(250);
        Some.Planner().Plan(Some.Action(), Some.Arguments(("cache", new string('a', 200))), null).Run.Arguments[2].Length.ShouldBe(200);
    }

    [Theory]
    [InlineData("a")]
    [InlineData("payments-7d9f")]
    [InlineData("10.0.0.7:9090")]
    [InlineData("acme/cart")]
    [InlineData("unit@2.service")]
    [InlineData("v1..v2")]
    public void A_plain_word_is_taken_as_it_is(string value) =>
        Some.Planner().Plan(Some.Action(), Some.Arguments(("cache", value)), null).Run.Arguments.Skip(1).ShouldBe(["purge", value]);

    [Theory]
    [InlineData("+1")]
    [InlineData("01")]
    [InlineData("1e3")]
    [InlineData("1.0")]
    [InlineData("0x1")]
    [InlineData("1_000")]
    [InlineData("1,000")]
    [InlineData(" 1")]
    [InlineData("1\n")]
    [InlineData("-0")]
    [InlineData("１")]
    [InlineData("\u0661")]
    [InlineData("9223372036854775808")]
    [InlineData("99999999999999999999999999")]
    [InlineData("0")]
    [InlineData("101")]
    [InlineData("-5")]
    [InlineData("")]
    [InlineData("NaN")]
    public void A_number_that_is_not_written_plainly_or_out_of_bounds_is_refused(string value)
    {
        var action = Some.Action(o => o.Parameters["cache"] = new() { Type = ParameterType.Integer, Min = 1, Max = 100 });
        Should.Throw<ActionRefusedException>(() => Some.Planner().Plan(action, Some.Arguments(("cache", value)), null)).Message.ShouldContain("cache = '");
        Some.Planner().Plan(action, Some.Arguments(("cache", "100")), null).Run.Arguments[2].ShouldBe("100");
    }

    [Theory]
    [InlineData("Soft")]
    [InlineData("soft ")]
    [InlineData("s\u043fft")]
    [InlineData("soft\0")]
    [InlineData("")]
    public void A_choice_is_one_of_the_choices_to_the_letter(string value)
    {
        var action = Some.Action(o => o.Parameters["cache"] = new() { Type = ParameterType.Choice, Choices = ["soft", "hard"] });
        Should.Throw<ActionRefusedException>(() => Some.Planner().Plan(action, Some.Arguments(("cache", value)), null)).Message.ShouldContain("is none of soft, hard");
    }

    [Theory]
    [InlineData("-x", "begins with '-'")]
    [InlineData("--all", "begins with '-'")]
    [InlineData("a\nb", "control character U+000A")]
    [InlineData("a/../b", "leads elsewhere")]
    [InlineData("/etc/passwd", "begins with '/'")]
    [InlineData("аll", "no ASCII")]
    public void A_generous_pattern_does_not_let_them_in_either(string value, string reason)
    {
        var action = Some.Action(o => o.Parameters["cache"] = new() { Pattern = "(?s).*" });
        Should.Throw<ActionRefusedException>(() => Some.Planner().Plan(action, Some.Arguments(("cache", value)), null)).Message.ShouldContain(reason);
    }

    [Fact]
    public void An_absolute_path_is_taken_where_the_pattern_begins_with_one()
    {
        var action = Some.Action(o => o.Parameters["cache"] = new() { Pattern = "/srv/[a-z/.]+" });
        Some.Planner().Plan(action, Some.Arguments(("cache", "/srv/x")), null).Run.Arguments[2].ShouldBe("/srv/x");
        Should.Throw<ActionRefusedException>(() => Some.Planner().Plan(action, Some.Arguments(("cache", "/srv/../etc")), null));
    }

    [Theory]
    [InlineData("Müller", true)]
    [InlineData("платежи", true)]
    [InlineData("支払い", true)]
    [InlineData("결제", true)]
    [InlineData("платeжи", false)]
    [InlineData("Mu\u0308ller", false)]
    [InlineData("Müller\u200b", false)]
    [InlineData("\u212bngstrom", false)]
    [InlineData("１２", false)]
    [InlineData("αdmin", false)]
    [InlineData("a\u202eb", false)]
    [InlineData("😀", false)]
    public void With_unicode_letters_of_one_script_in_one_spelling_are_taken(string value, bool taken)
    {
        var action = Some.Action(o => o.Parameters["cache"] = new() { Unicode = true });
        var plan = () => Some.Planner().Plan(action, Some.Arguments(("cache", value)), null);
        if (taken)
        {
            plan().Run.Arguments[2].ShouldBe(value);
        }
        else
        {
            Should.Throw<ActionRefusedException>(plan);
        }
    }

    [Fact]
    public void Unknown_and_missing_arguments_are_refused()
    {
        Should.Throw<ActionRefusedException>(() => Some.Planner().Plan(Some.Action(), Some.Arguments(), null)).Message.ShouldBe("purge-cache needs a value for 'cache'.");
        Should.Throw<ActionRefusedException>(() => Some.Planner().Plan(Some.Action(), Some.Arguments(("cache", "a"), ("Cache", "b")), null))
            .Message.ShouldBe("purge-cache has no parameter 'Cache'; it has cache.");
    }

    [Theory]
    [InlineData("7; rm", "state.version = '7; rm'")]
    [InlineData("--all", "state.version = '--all'")]
    [InlineData("", "state.version = '' is empty")]
    [InlineData("../x", "state.version")]
    [InlineData(null, "'state' printed no field 'version'")]
    public void A_field_of_state_is_held_against_the_same_rules(string? value, string reason)
    {
        var action = Some.Action(o => (o.State, o.Undo) = (["echo", "{}"], ["echo", "{state.version}"]));
        var state = value is null ? Some.Arguments(("other", "1")) : Some.Arguments(("version", value));
        Should.Throw<ActionRefusedException>(() => Some.Planner().Plan(action, Some.Arguments(("cache", "a")), state)).Message.ShouldContain(reason);
    }
}
