using OpsBot.Actions.Approvals;
using OpsBot.Actions.Execution;
using OpsBot.Actions.People;
using OpsBot.Contracts.Actions;
using OpsBot.Contracts.Ports;
using OpsBot.Tests.Support;

namespace OpsBot.Tests.Actions.Execution;

/// <summary>Runs that wait for a person, and what a person says of them.</summary>
internal static class SettleSteps
{
    private static CancellationToken Token => ActionStage.Token;

    /// <summary>A run whose supervisor was lost.</summary>
    public static async Task<ActionRun> LostAsync(this ActionStage stage, string action = ActionStage.RollBack)
    {
        stage.Program("undo.sh", $"echo \"$*\" >> '{stage.In("undone")}'");
        var proposal = await stage.ApprovedAsync("cart", action);
        await stage.RunAsync(proposal);
        var run = await stage.RunOfAsync(proposal);
        run.Status.ShouldBe(RunStatus.Unknown, run.Reason);
        return run;
    }

    public static Task GiveUpAsync(this ActionStage stage) => stage.MeddleAsync("update messages set dead_at = 1 where kind = 'action.run' and handled_at is null");

    public static Task<Answer> SettleAsync(this ActionStage stage, ActionRun run, Settlement how, string person = "ben", string reason = "looked at the deployment") =>
        stage.Get<SettleDesk>().SettleAsync(stage.Get<IPeople>().Find(person)!, run.Id, how, reason, Token);

    public static async Task<ActionRun> RunOfAsync(this ActionStage stage, Proposal proposal) => (await stage.Get<IActionReader>().FindProposalAsync(proposal.Id, null, Token))!.Runs.ShouldHaveSingleItem();

    public static async Task<(ActionRun Run, Proposal Proposal)> NowAsync(this ActionStage stage, ActionRun run)
    {
        var view = (await stage.Get<IActionReader>().FindProposalAsync(run.ProposalId, run.Version, Token))!;
        return (view.Runs.Single(each => each.Id == run.Id), view.Proposal);
    }
}
