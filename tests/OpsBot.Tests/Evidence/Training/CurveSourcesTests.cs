using OpsBot.Evidence.Training;

namespace OpsBot.Tests.Evidence.Training;

public sealed class CurveSourcesTests
{
    private static readonly Dictionary<string, string> Known = new() { ["job"] = "4711", ["name"] = "train v2" };

    [Theory]
    [InlineData("/logs/{job}/{name}.out", "/logs/4711/train v2.out")]
    [InlineData("/logs/plain.out", "/logs/plain.out")]
    public void Words_are_filled_in(string template, string path) => Words.InPath(template, Known).ShouldBe(path);

    [Theory]
    [InlineData("..")]
    [InlineData("a/../../etc/passwd")]
    [InlineData("/etc/passwd")]
    [InlineData("a\0b")]
    [InlineData("*")]
    public void A_word_that_leads_elsewhere_is_refused(string job) =>
        Should.Throw<FormatException>(() => Words.InPath("/logs/{job}/out", new Dictionary<string, string> { ["job"] = job }));

    [Fact]
    public void A_word_that_nobody_knows_is_named() =>
        Should.Throw<FormatException>(() => Words.InPath("/logs/{jobb}", Known)).Message.ShouldContain("{jobb}");

    [Fact]
    public void Braces_of_a_selector_are_left_alone() => Words.InQuery("""loss{job="{job}",x!="{}"}""", Known).ShouldBe("""loss{job="4711",x!="{}"}""");

    [Fact]
    public void Options_must_name_exactly_one_source()
    {
        new CurveSourceOptions().Validate("watches[0].metrics").ShouldHaveSingleItem().ShouldContain("exactly one");
        new CurveSourceOptions { Log = new() { Path = "a" }, Csv = new() { Path = "b" } }.Validate("x").ShouldHaveSingleItem();
        new CurveSourceOptions { Log = new() }.Validate("x").ShouldHaveSingleItem().ShouldContain("Path");
        new CurveSourceOptions { Log = new() { Path = "a" } }.Validate("x").ShouldBeEmpty();
    }
}
