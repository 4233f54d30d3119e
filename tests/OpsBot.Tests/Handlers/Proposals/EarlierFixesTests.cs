using OpsBot.Actions.Approvals;
using OpsBot.Contracts.Actions;
using OpsBot.Contracts.Memory;
using OpsBot.Handlers.Proposals;
using OpsBot.Tests.Support;

namespace OpsBot.Tests.Handlers.Proposals;

public sealed class EarlierFixesTests
{
    [Fact]
    public void What_fixed_an_earlier_incident_comes_first_and_says_so()
    {
        var ranked = EarlierFixes.Rank([Request("restart"), Request("rollback")], [Fix(12, "rollback")]);

        ranked.Select(one => one.Request.Action).ShouldBe(["rollback", "restart"]);
        ranked[0].Request.Why.ShouldBe("The diagnosis says so. It fixed INC-12 (the same alert) in 6 min.");
        ranked[0].Informed.ShouldBe([12]);
        ranked[1].Request.Why.ShouldBe("The diagnosis says so.");
        ranked[1].Informed.ShouldBeEmpty();
    }

    [Fact]
    public void What_only_ever_failed_comes_last_and_is_proposed_all_the_same()
    {
        var ranked = EarlierFixes.Rank(
            [Request("restart"), Request("scale"), Request("rollback")], [Fix(12, "restart", RunStatus.Undone), Fix(9, "restart", RunStatus.Failed)]);

        ranked.Select(one => one.Request.Action).ShouldBe(["scale", "rollback", "restart"]);
        ranked[2].Request.Why.ShouldContain("It was undone in INC-12 (the same alert).");
        ranked[2].Informed.ShouldBe([12]);
    }

    [Fact]
    public void The_better_fix_goes_before_the_other()
    {
        var ranked = EarlierFixes.Rank([Request("restart"), Request("rollback")], [Fix(12, "rollback"), Fix(9, "restart")]);
        ranked.Select(one => one.Request.Action).ShouldBe(["rollback", "restart"]);
    }

    [Fact]
    public void Arguments_and_everything_but_the_reason_stay_as_the_catalog_wants_them()
    {
        var request = Request("rollback");
        EarlierFixes.Rank([request], [Fix(12, "rollback")])[0].Request.ShouldBe(request with { Why = "The diagnosis says so. It fixed INC-12 (the same alert) in 6 min." });
    }

    private static ProposalRequest Request(string action) => new(
        action, [new Dictionary<string, string>()], Actors.OpsBot, "The diagnosis says so.", ["E1"], 20, "prod");

    private static EarlierFix Fix(long incident, string action, RunStatus status = RunStatus.Verified) =>
        new(incident, "the same alert", Some.OutcomeRun(action, status), status == RunStatus.Verified, TimeSpan.FromMinutes(6));
}
