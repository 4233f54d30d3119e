using OpsBot.Tests.Support;

namespace OpsBot.Tests.Actions.Attacks;

/// <summary>Real desk, ledger, store, planner, policy and gates; the effect is a real program.</summary>
public sealed class AttackSuiteTests
{
    private static readonly Attack[] All =
    [
        .. PeopleAttacks.All, .. DecisionAttacks.All, .. RuleAttacks.All, .. FileAttacks.All, .. StateAttacks.All, .. StoreAttacks.All, .. GateAttacks.All,
        .. ArgumentAttacks.All, .. HostAttacks.All,
    ];

    public static TheoryData<string> Mechanisms => [.. All.Select(attack => attack.Mechanism)];

    [Theory]
    [MemberData(nameof(Mechanisms))]
    public async Task Nothing_runs_that_was_not_approved_as_it_is(string mechanism)
    {
        var attack = All.Single(one => one.Mechanism == mechanism);
        await using var stage = new ActionStage(attack.Setup);
        for (var attempt = 0; attempt < attack.Attempts; attempt++)
        {
            var told = await attack.Try(stage, attempt);
            told.ShouldNotBeNull($"attempt {attempt} ran");
            told.ShouldContain(attack.Told, Case.Sensitive, $"attempt {attempt}");
            stage.Effects.Count.ShouldBe(attack.Legitimate * (attempt + 1), $"attempt {attempt}: {told}");
        }
    }

    [Fact]
    public void There_are_five_hundred_attempts_by_forty_mechanisms_at_least()
    {
        All.Select(attack => attack.Mechanism).ShouldBeUnique();
        All.Length.ShouldBeGreaterThanOrEqualTo(40);
        All.Sum(attack => attack.Attempts).ShouldBeGreaterThanOrEqualTo(500);
    }

    [Fact]
    public async Task The_same_stage_runs_what_is_approved_exactly_once()
    {
        await using var stage = new ActionStage();
        var proposal = await stage.ApprovedAsync("cart");
        (await stage.RunAsync(proposal)).ShouldBeNull();
        stage.Effects.ShouldBe(["cart 4"]);
        var two = await stage.ApprovedAsync("pay", ActionStage.Wipe);
        (await stage.RunAsync(two)).ShouldBeNull();
        stage.Effects.ShouldBe(["cart 4", "pay 4"]);
    }
}
