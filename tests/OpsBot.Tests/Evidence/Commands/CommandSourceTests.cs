using OpsBot.Evidence;
using OpsBot.Evidence.Commands;
using OpsBot.Runtime.Processes;
using OpsBot.Tests.Support;

namespace OpsBot.Tests.Evidence.Commands;

public sealed class CommandSourceTests : EvidenceSourceContract
{
    private protected override EvidenceBounds Tight => EvidenceBounds.Default with { MaxBytes = 10 };

    private protected override IEvidenceSource? Source(State state) => state switch
    {
        State.Empty => Make("printf", "%s", "{label.none}"),
        State.Full => Make("printf", "%s", "twenty characters!!!"),
        State.Broken => Make("no-such-program-here"),
        State.Slow => Make("sleep", "60"),
        _ => Make("printf", "%s", Hostile),
    };

    private protected override int Seen(Observations observations) => observations.Commands.Sum(c => c.Output.StartsWith("twenty characters!!!", StringComparison.Ordinal) ? 2 : 1);

    private protected override IEnumerable<string> Queries(Observations observations) => observations.Commands.Select(c => c.Command);

    [Fact]
    public async Task A_placeholder_is_a_part_of_one_argument()
    {
        var output = (await Collect(Make("printf", "%s|", "deploy/{service}", "{environment}"), EvidenceBounds.Default)).Commands.ShouldHaveSingleItem();
        (output.Output, output.Exit, output.Command).ShouldBe(("deploy/cart|prod|", 0, "printf '%s|' deploy/cart prod"));
        output.At.ShouldNotBeNull();
    }

    [Theory]
    [InlineData("--kubeconfig=/etc/x")]
    [InlineData("-n")]
    [InlineData("a b")]
    [InlineData("a;rm")]
    [InlineData("$(id)")]
    [InlineData("../../etc")]
    [InlineData("a..b")]
    [InlineData("a\nb")]
    [InlineData("a\0b")]
    [InlineData("ümlaut")]
    public async Task A_value_that_is_no_plain_name_is_refused(string service)
    {
        var seen = await Make("printf", "%s", "{service}").CollectAsync(Some.Request(Some.Facts(service)), TestContext.Current.CancellationToken);
        seen.Commands.ShouldBeEmpty();
        seen.Problems.ShouldHaveSingleItem().Reason.ShouldContain("plain name");
    }

    [Fact]
    public async Task The_program_is_never_a_placeholder()
    {
        var seen = await Collect(Make("{service}"), EvidenceBounds.Default);
        seen.Problems.ShouldHaveSingleItem().Reason.ShouldContain("outright");
    }

    [Fact]
    public async Task A_failing_command_is_evidence_with_its_exit_status_and_standard_error()
    {
        var seen = await Collect(Make("sh", "-c", "echo out; echo err >&2; exit 3"), EvidenceBounds.Default);
        seen.Commands[0].Exit.ShouldBe(3);
        seen.Commands[0].Output.ShouldBe("out\n\n[standard error]\nerr\n");
        seen.Problems.ShouldBeEmpty();
    }

    private static CommandSource Make(params string[] run) =>
        new(new CommandOptions { Name = "test", Run = [.. run] }, new ProcessRunner(TimeProvider.System), Some.Redactor(), TimeProvider.System);
}
