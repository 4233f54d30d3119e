using OpsBot.Actions.Catalog;
using OpsBot.Runtime.Files;
using OpsBot.Tests.Support;

namespace OpsBot.Tests.Actions.Catalog;

public sealed class ActionPlannerTests
{
    [Fact]
    public void Everything_is_filled_in_and_programs_become_real_paths()
    {
        var action = Some.Action(o =>
        {
            o.Parameters = new() { ["cache"] = new(), ["percent"] = new() { Type = ParameterType.Integer, Min = 0, Default = "50" } };
            o.Run = ["echo", "--name={cache}", "{cache}/{percent}", "{.plain}", "{cache}{cache}"];
            o.Target = "cache/{cache}/{percent}";
            (o.Blast.Count, o.Blast.Share, o.Blast.Tier) = ("{percent}", "0.25", "{cache}");
            o.Health = [new() { Name = "misses", Prometheus = "misses{cache=\"{cache}\"}" }];
        });
        var plan = Some.Planner().Plan(action, Some.Arguments(("cache", "pages")), null);
        plan.Run.Arguments.Skip(1).ShouldBe(["--name=pages", "pages/50", "{.plain}", "pagespages"]);
        plan.Run.Arguments[0].ShouldStartWith("/");
        new FileInfo(plan.Run.Arguments[0]).LinkTarget.ShouldBeNull();
        plan.Run.Environment["PATH"].ShouldBe(string.Join(':', Some.ProgramPath));
        plan.Target.ShouldBe("cache/pages/50");
        plan.Blast.ShouldBe(new(50, 0.25, "pages"));
        plan.Health.Single().Prometheus.ShouldBe("misses{cache=\"pages\"}");
        plan.Arguments.ShouldBe(new Dictionary<string, string> { ["cache"] = "pages", ["percent"] = "50" }, ignoreOrder: true);
    }

    [Fact]
    public void State_stays_as_written_until_it_is_known()
    {
        var action = Some.Action(o => (o.State, o.Undo) = (["echo", "{}"], ["echo", "to={state.version}"]));
        Some.Planner().Plan(action, Some.Arguments(("cache", "a")), null).Undo!.Arguments[1].ShouldBe("to={state.version}");
        Some.Planner().Plan(action, Some.Arguments(("cache", "a")), Some.Arguments(("version", "7"))).Undo!.Arguments[1].ShouldBe("to=7");
    }

    [Theory]
    [InlineData("0")]
    [InlineData("1000001")]
    public void A_blast_count_out_of_bounds_is_refused(string count)
    {
        var action = Some.Action(o =>
        {
            o.Parameters["cache"] = new() { Type = ParameterType.Integer, Min = 0 };
            o.Blast.Count = "{cache}";
        });
        Should.Throw<ActionRefusedException>(() => Some.Planner().Plan(action, Some.Arguments(("cache", count)), null)).Message.ShouldContain("blast count");
    }

    [Fact]
    public void A_quote_does_not_get_into_an_expression()
    {
        var action = Some.Action(o =>
        {
            o.Parameters["cache"] = new() { Pattern = "[a-z][ -~]*" };
            o.Health = [new() { Name = "misses", Prometheus = "misses{cache=\"{cache}\"}" }];
        });
        Should.Throw<ActionRefusedException>(() => Some.Planner().Plan(action, Some.Arguments(("cache", "a\"} or vector(0) #")), null)).Message.ShouldContain("expression");
    }

    [Fact]
    public void A_program_that_is_gone_is_refused()
    {
        using var folder = new SomeFolder();
        var program = folder.WriteProgram("purge");
        var action = Some.Action(o => (o.Folder, o.Run) = (folder.Path, ["./purge", "{cache}"]));
        Some.Planner().Plan(action, Some.Arguments(("cache", "a")), null).Run.Arguments[0].ShouldBe(PathWalk.Of(program).Real);
        File.Delete(program);
        Should.Throw<ActionRefusedException>(() => Some.Planner().Plan(action, Some.Arguments(("cache", "a")), null)).Message.ShouldContain("does not exist");
    }
}
