using OpsBot.Actions.Catalog;
using OpsBot.Actions.Policy;
using OpsBot.Contracts.Actions;
using OpsBot.Tests.Support;

namespace OpsBot.Tests.Actions.Policy;

public sealed class ConfiguredPolicyTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 27, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Without_rules_the_actions_own_rule_holds()
    {
        Judge(new()).ShouldBe((PolicyDecision.Allow, 1));
        Judge(new(), Some.Action(o => o.Approval.Quorum = 3)).ShouldBe((PolicyDecision.Allow, 3));
    }

    [Fact]
    public void What_cannot_be_undone_takes_two_whatever_the_definition_says()
    {
        var action = Some.Action(o => o.Risk = RiskOption.Irreversible);
        Judge(new(), action with { Approval = action.Approval with { Quorum = 1 } }).ShouldBe((PolicyDecision.Allow, 2));
    }

    [Theory]
    [InlineData("allow", PolicyDecision.Allow, 1)]
    [InlineData("allow ask", PolicyDecision.Ask, 2)]
    [InlineData("ask ask", PolicyDecision.Ask, 2)]
    [InlineData("deny ask allow", PolicyDecision.Deny, 1)]
    [InlineData("allow deny", PolicyDecision.Deny, 1)]
    public void All_rules_are_looked_at_and_the_strictest_wins(string decisions, PolicyDecision decision, int quorum) =>
        Judge(Rules([.. decisions.Split(' ').Select(word => Rule(word, _ => { }))])).ShouldBe((decision, quorum));

    [Theory]
    [InlineData("purge-*", "prod*", "data?", true)]
    [InlineData("PURGE-CACHE", "Production", "DATA1", true)]
    [InlineData("restart-*", "prod*", "data?", false)]
    [InlineData("purge-*", "staging", "data?", false)]
    [InlineData("purge-*", "prod*", "web", false)]
    public void A_rule_holds_where_all_that_it_asks_for_matches(string action, string environment, string tier, bool matches)
    {
        var options = Rules(Rule("deny", match => (match.Actions, match.Environments, match.Tiers) = ([action], [environment], [tier])));
        Judge(options).ShouldBe((matches ? PolicyDecision.Deny : PolicyDecision.Allow, 1));
    }

    [Fact]
    public void An_environment_that_nobody_states_may_be_the_forbidden_one_and_is_not_the_allowed_one()
    {
        Judge(Rules(Rule("deny", match => match.Environments = ["staging"])), environment: "").ShouldBe((PolicyDecision.Deny, 1));
        var options = Rules(Rule("allow", match => match.Environments = ["staging"]));
        options.Default = PolicyDecision.Deny;
        Judge(options, environment: "").ShouldBe((PolicyDecision.Deny, 1));
        var frozen = new PolicyOptions { Freezes = [new FreezeOptions { Reason = "year's end", Environments = ["production"], From = "2026-11-27", To = "2026-11-28" }] };
        Judge(frozen, environment: "").ShouldBe((PolicyDecision.Deny, 1));
        Judge(frozen, environment: "staging").ShouldBe((PolicyDecision.Allow, 1));
    }

    [Fact]
    public void A_tier_that_nobody_states_may_be_the_forbidden_one_and_is_not_the_allowed_one()
    {
        var unknown = new BlastRadius(1, null, null);
        Judge(Rules(Rule("deny", match => match.Tiers = ["database"])), blasts: [unknown]).ShouldBe((PolicyDecision.Deny, 1));
        var options = Rules(Rule("allow", match => match.Tiers = ["web"]));
        options.Default = PolicyDecision.Deny;
        Judge(options, blasts: [unknown]).ShouldBe((PolicyDecision.Deny, 1));
        Judge(options, blasts: [new(1, null, "web")]).ShouldBe((PolicyDecision.Allow, 1));
        Judge(options, blasts: [new(1, null, "web"), new(1, null, "database")]).ShouldBe((PolicyDecision.Deny, 1));
    }

    [Fact]
    public void A_rule_may_ask_for_the_risk()
    {
        var options = Rules(Rule("deny", match => match.Risk = [RiskOption.Irreversible]));
        Judge(options).ShouldBe((PolicyDecision.Allow, 1));
        Judge(options, Some.Action(o => o.Risk = RiskOption.Irreversible)).ShouldBe((PolicyDecision.Deny, 2));
    }

    [Theory]
    [InlineData(2, 0.2, PolicyDecision.Allow)]
    [InlineData(3, 0.2, PolicyDecision.Deny)]
    [InlineData(2, 0.6, PolicyDecision.Deny)]
    [InlineData(2, null, PolicyDecision.Ask)]
    public void A_limit_denies_what_touches_too_much(int count, double? share, PolicyDecision decision)
    {
        var options = new PolicyOptions { Limits = [new() { Tiers = ["data1"], MaxCount = 2, MaxShare = 0.5 }] };
        Judge(options, blasts: [new(count, share, "data1")]).Decision.ShouldBe(decision);
        Judge(options, blasts: [new(99, 1, "web")]).Decision.ShouldBe(PolicyDecision.Allow);
    }

    [Fact]
    public void The_runs_of_one_proposal_count_together()
    {
        var options = new PolicyOptions { Limits = [new() { MaxCount = 2 }] };
        Judge(options, blasts: [new(1, null, "a"), new(1, null, "b")]).Decision.ShouldBe(PolicyDecision.Allow);
        Judge(options, blasts: [new(1, null, "a"), new(1, null, "b"), new(1, null, "c")]).Decision.ShouldBe(PolicyDecision.Deny);
    }

    [Fact]
    public void A_freeze_denies_with_its_end_and_its_reason_but_for_what_it_excepts()
    {
        var options = new PolicyOptions { Freezes = [new() { From = "2026-11-27", To = "2026-11-30", Environments = ["prod*"], ExceptActions = ["silence-*"], Reason = "sale" }] };
        var policy = new ConfiguredPolicy(options);
        policy.Judge(Some.Action(), [], "production", Now).ShouldSatisfyAllConditions(
            verdict => verdict.Decision.ShouldBe(PolicyDecision.Deny), verdict => verdict.Reason.ShouldBe("frozen until 2026-11-30 00:00 UTC: sale"));
        policy.Judge(Some.Action(), [], "staging", Now).Decision.ShouldBe(PolicyDecision.Allow);
        policy.Judge(Some.Action(name: "silence-alert"), [], "production", Now).Decision.ShouldBe(PolicyDecision.Allow);
        policy.Judge(Some.Action(), [], "production", Now.AddDays(3)).Decision.ShouldBe(PolicyDecision.Allow);
    }

    private static (PolicyDecision Decision, int Quorum) Judge(PolicyOptions options, ActionDefinition? action = null, BlastRadius[]? blasts = null, string environment = "production")
    {
        var verdict = new ConfiguredPolicy(options).Judge(action ?? Some.Action(), blasts ?? [new(1, 0.1, "data1")], environment, Now);
        verdict.Roles.ShouldBe(["oncall"]);
        verdict.Reason.ShouldNotBeEmpty();
        return (verdict.Decision, verdict.Quorum);
    }

    private static PolicyOptions Rules(params RuleOptions[] rules) => new() { Rules = [.. rules] };

    private static RuleOptions Rule(string decision, Action<MatchOptions> match)
    {
        var rule = new RuleOptions { Decision = Enum.Parse<PolicyDecision>(decision, ignoreCase: true), Reason = $"we {decision}" };
        match(rule.Match);
        return rule;
    }
}
