using OpsBot.Actions.Catalog;
using OpsBot.Actions.Policy;
using OpsBot.Contracts.Actions;
using OpsBot.Storage.Approvals;
using OpsBot.Storage.Engine;
using OpsBot.Storage.Messages;

namespace OpsBot.Actions.Approvals;

internal sealed class ApprovalLedger(ProposalBook book, ApprovalProofs proofs, IActionCatalog catalog, IActionPolicy policy) : IApprovalLedger
{
    public async Task<string?> ConsumeAsync(StoreTransaction transaction, long proposalId, int version, int slot, string hash, DateTimeOffset now)
    {
        // The switch first: whoever stops actions waits for this transaction, or this one sees that they are stopped.
        var stop = await SwitchTable.ReadAsync(transaction);
        if (await ProposalTable.FindAsync(transaction, proposalId, version: null) is not { } newest)
            return $"There is no {ActionNames.Proposal(proposalId)}.";
        if (newest.Proposal.Version != version)
            return version < newest.Proposal.Version ? ProposalTexts.NewVersion(newest.Proposal) : ProposalTexts.NoVersion(newest.Proposal, version);
        var action = catalog.Find(newest.Proposal.Action);
        var verdict = action is null
            ? null
            : policy.Judge(action, [.. newest.Proposal.Slots.Select(each => each.Blast)], newest.Proposal.Environment, now);
        var result = await book.ApplyAsync(transaction, await proofs.HeldAgainstAsync(transaction, newest), new SlotAsked(now, slot, hash, stop, action, verdict));
        return result.Answer.Accepted ? null : result.Answer.Text;
    }

    public async Task VoidAsync(EffectScope scope, long proposalId, int version, string reason)
    {
        if (await ProposalTable.FindAsync(scope.Transaction, proposalId, version) is { } state)
            await book.ApplyAsync(scope, state, new Voided(scope.Now, OneLine.Of(reason, 1000)));
    }

    public async Task RunEndedAsync(EffectScope scope, ActionRun run)
    {
        if (await ProposalTable.FindAsync(scope.Transaction, run.ProposalId, run.Version) is { } state)
            await book.ApplyAsync(scope, state, new RunEnded(scope.Now, run));
    }
}
