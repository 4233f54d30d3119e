using OpsBot.IntegrationTests.Support;
using Shouldly;
using Xunit;

namespace OpsBot.IntegrationTests.Demo;

/// <summary>The demo to its end: somebody approves, the toy deployment is rolled back for real, and what happened decides how it ends.</summary>
[Collection(DemoTests.Hard)]
public sealed class ApprovedDemoTests(ITestOutputHelper output)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Once_it_stops_at_the_proposal_and_nothing_has_run()
    {
        LongRun.Require();
        var played = await PlayAsync("--once");

        played.ExitCode.ShouldBe(0, played.ToString());
        played.Output.ShouldContain("PROPOSAL PROP-1 V1: WAITS FOR APPROVAL");
        played.Output.ShouldContain("would exchange v2.14.0 for v2.13.2; nothing was changed");
        played.Output.ShouldContain("The toy deployment serves v2.14.0; 40 % of its requests fail.");
        played.Output.ShouldNotContain("RUN-1");
    }

    [Fact]
    public async Task Approved_the_rollback_runs_is_verified_and_the_gate_lets_the_incident_close()
    {
        var played = await PlayAsync("--once", "--approve-as", "ada");

        played.ExitCode.ShouldBe(0, played.ToString());
        played.Output.ShouldContain("PROP-1 is done and verified.");
        played.Output.ShouldContain("The toy deployment serves v2.13.2; 0 % of its requests fail.");
        played.Output.ShouldContain("Resolved by ada");
        played.Output.ShouldContain("Remembered of INC-1: rollback on toy/checkout fixed it");
    }

    [Fact]
    public async Task A_rollback_that_makes_it_worse_is_undone_and_the_incident_stays_open()
    {
        LongRun.Require();
        var played = await PlayAsync("--once", "--break", "--approve-as", "ada");

        played.ExitCode.ShouldBe(0, played.ToString());
        played.Output.ShouldContain("PROP-1 is undone.");
        played.Output.ShouldContain("The toy deployment serves v2.14.0;");
        played.Output.ShouldNotContain("Resolved by ada");
        played.Output.ShouldNotContain("Remembered");
    }

    [Theory]
    [InlineData("--approve-as", "Ada; rm -rf /")]
    [InlineData("--approve-as", "--all")]
    [InlineData("--sample", "quiet", "--break")]
    public async Task What_cannot_be_meant_is_refused_before_anything_starts(params string[] arguments)
    {
        var played = await PlayAsync(["--once", .. arguments]);

        played.ExitCode.ShouldBe(2, played.ToString());
        played.Output.ShouldBeEmpty();
    }

    private async Task<Finished> PlayAsync(params string[] arguments)
    {
        using var folder = new DataFolder();
        var played = await OpsBotProgram.RunAsync(folder, Cancel, ["demo", .. arguments]);
        output.WriteLine(played.Output);
        Directory.EnumerateDirectories(folder.Path).ShouldBeEmpty("the demo leaves nothing behind");
        return played;
    }
}
