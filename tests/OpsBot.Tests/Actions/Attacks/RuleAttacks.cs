using Microsoft.Extensions.DependencyInjection;
using OpsBot.Actions.Approvals;
using OpsBot.Actions.Catalog;
using OpsBot.Actions.Policy;
using OpsBot.Contracts.Actions;
using OpsBot.Tests.Support;

namespace OpsBot.Tests.Actions.Attacks;

/// <summary>The rules change between the decision and the run, or forbid it from the start.</summary>
internal static class RuleAttacks
{
    private const int Few = 4;
    private static readonly Person Ana = new("ana", "Ana", ["sre"]);

    public static readonly Attack[] All =
    [
        new("a proposal is approved while actions are stopped", "by Ana: migration.",
            async (stage, n) =>
            {
                var proposal = await stage.ProposeAsync($"s{n}");
                await stage.Get<IKillSwitch>().StopAsync(Ana, "migration", ActionStage.Token);
                return (await stage.DecideAsync(proposal)).Text;
            }),
        new("actions are stopped between the decision and the run", "Actions are stopped since",
            async (stage, n) =>
            {
                await stage.Get<IKillSwitch>().ResumeAsync(Ana, ActionStage.Token);
                var proposal = await stage.ApprovedAsync($"s{n}");
                await stage.Get<IKillSwitch>().StopAsync(Ana, "migration", ActionStage.Token);
                return await stage.RunAsync(proposal) ?? "";
            }),
        new("a restart comes between the stop and the run", "Actions are stopped since",
            async (stage, n) =>
            {
                await stage.Get<IKillSwitch>().ResumeAsync(Ana, ActionStage.Token);
                var proposal = await stage.ApprovedAsync($"s{n}");
                await stage.Get<IKillSwitch>().StopAsync(Ana, "migration", ActionStage.Token);
                stage.Restart();
                return await stage.RunAsync(proposal) ?? "";
            }, Attempts: Few),
        new("a person without a role resumes", "Resuming needs a person with a role",
            async (stage, _) => (await stage.Get<IKillSwitch>().ResumeAsync(new Person("eve", "Eve", ["sre"]), ActionStage.Token)).Text),
        new("a freeze begins between the decision and the run", "frozen until",
            (stage, n) => AfterRestartAsync(stage, n, services => services.Configure<PolicyOptions>(
                policy => policy.Freezes.Add(new() { From = "2020-01-01", To = "2099-01-01", Reason = "holidays" }))), Attempts: Few),
        new("a rule against it is written between the decision and the run", "not on my watch",
            (stage, n) => AfterRestartAsync(stage, n, services => services.Configure<PolicyOptions>(
                policy => policy.Rules.Add(new() { Decision = PolicyDecision.Deny, Reason = "not on my watch" }))), Attempts: Few),
        new("the rules ask for one more person between the decision and the run", "has 1 of the 2 approvals",
            (stage, n) => AfterRestartAsync(stage, n, services => services.Configure<PolicyOptions>(
                policy => policy.Rules.Add(new() { Decision = PolicyDecision.Ask, Reason = "two pairs of eyes" }))), Attempts: Few),
        new("more is touched than the rules allow", "at most 2 are allowed",
            (stage, n) => stage.ProposeRefusedAsync(ActionStage.Request($"s{n}", more: ("count", $"{3 + (n % 3)}"))),
            services => services.Configure<PolicyOptions>(policy => policy.Limits.Add(new() { MaxCount = 2 }))),
        new("many small runs in one proposal touch more than the rules allow", "at most 2 are allowed",
            (stage, n) => stage.ProposeRefusedAsync(ActionStage.Request("s") with
            {
                ArgumentSets = [.. Enumerable.Range(0, 3 + n).Select(i => new Dictionary<string, string> { ["service"] = $"s{n}-{i}" })],
            }),
            services => services.Configure<PolicyOptions>(policy => policy.Limits.Add(new() { MaxCount = 2 }))),
        new("the action's definition is edited between the decision and the run", "was changed in the catalog",
            (stage, n) => AfterRestartAsync(stage, n, services => services.PostConfigure<ActionsOptions>(
                options => options.Catalog[ActionStage.RollBack].TimeLimit += TimeSpan.FromSeconds(1 + n))), Attempts: Few),
        new("an argument is added to the action's command between the decision and the run", "was changed in the catalog",
            (stage, n) => AfterRestartAsync(stage, n, services => services.PostConfigure<ActionsOptions>(
                options => options.Catalog[ActionStage.RollBack].Run.Add("everything"))), Attempts: Few),
        new("the approvers' role is widened between the decision and the run", "was changed in the catalog",
            (stage, n) => AfterRestartAsync(stage, n, services => services.PostConfigure<ActionsOptions>(
                options => options.Catalog[ActionStage.RollBack].Approval.Roles.Add("developer"))), Attempts: Few),
        new("the action leaves the catalog between the decision and the run", "has no action 'roll-back' any more",
            (stage, n) => AfterRestartAsync(stage, n, services => services.PostConfigure<ActionsOptions>(
                options => options.Catalog.Remove(ActionStage.RollBack))), Attempts: Few),
        new("an action is proposed that the catalog does not have", "in the catalog",
            (stage, n) =>
            {
                string[] names = ["rm", "roll-back ", "Roll-Back", "../roll-back", "", "roll-back\0", "roll\u2010back", "*", "roll-back;wipe"];
                return stage.ProposeRefusedAsync(ActionStage.Request($"s{n}", names[n]));
            }, Attempts: 9),
    ];

    private static async Task<string> AfterRestartAsync(ActionStage stage, int n, Action<IServiceCollection> change)
    {
        stage.Restart();
        var proposal = await stage.ApprovedAsync($"s{n}");
        stage.Restart(change);
        return await stage.RunAsync(proposal) ?? "";
    }
}
