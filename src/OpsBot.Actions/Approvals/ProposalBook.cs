using OpsBot.Actions.Audit;
using OpsBot.Actions.People;
using OpsBot.Contracts.Actions;
using OpsBot.Contracts.Incidents;
using OpsBot.Contracts.Messages;
using OpsBot.Contracts.Ports;
using OpsBot.Runtime.Redaction;
using OpsBot.Storage.Approvals;
using OpsBot.Storage.Engine;
using OpsBot.Storage.Incidents;
using OpsBot.Storage.Messages;

namespace OpsBot.Actions.Approvals;

/// <summary>Asks the flow and writes what follows: state, audit, timeline and rows, all in the caller's transaction.</summary>
internal sealed class ProposalBook(IPeople people, IAuditTrail audit, RefusedActs refused, IRedactor redactor, ILiveUpdates live)
{
    public async Task<ProposalResult> ApplyAsync(EffectScope scope, ProposalState? state, ProposalEvent happened)
    {
        var result = await ApplyAsync(scope.Transaction, state, happened, entry => entry.Kind == RefusedActs.First ? NoteRefusedAsync(scope, entry) : NoteAsync(scope.Transaction, entry, happened.At));
        foreach (var message in result.Messages)
            scope.Follow(message);
        if (result.Changed && result.State.Proposal.IncidentId is { } incident)
            scope.AfterCommit(() => live.IncidentChanged(incident));
        return result;
    }

    /// <summary>The same without the rows that follow, for an event that has none but the card's.</summary>
    public Task<ProposalResult> ApplyAsync(StoreTransaction transaction, ProposalState? state, ProposalEvent happened) =>
        ApplyAsync(transaction, state, happened, entry => NoteAsync(transaction, entry, happened.At));

    public Task NoteAsync(StoreTransaction transaction, AuditEntry entry, DateTimeOffset at) => audit.AppendAsync(transaction, entry, at);

    /// <summary>Of an act that somebody tried in vain.</summary>
    public Task NoteRefusedAsync(EffectScope scope, AuditEntry entry) => refused.NoteAsync(scope, entry);

    private async Task<ProposalResult> ApplyAsync(StoreTransaction transaction, ProposalState? state, ProposalEvent happened, Func<AuditEntry, Task> note)
    {
        var result = ProposalFlow.Apply(state, happened, people);
        if (result.Changed)
            await ProposalTable.SaveAsync(transaction, state, result.State);
        foreach (var entry in result.Audit)
            await note(entry);
        if (result.Changed && result.State.Proposal.IncidentId is { } incident)
            await TellTimelineAsync(transaction, incident, result, happened.At);
        return result;
    }

    /// <summary>What the thread is told stands on the timeline too.</summary>
    private Task TellTimelineAsync(StoreTransaction transaction, long incident, ProposalResult result, DateTimeOffset at)
    {
        var told = result.Messages.Select(message => message.As<PostReply>()).OfType<PostReply>()
            .Select(reply => new TimelineEntry(at, "proposal", OneLine.Of(redactor.Redact(reply.Text), 500)));
        return IncidentTable.AddTimelineAsync(transaction, incident, told);
    }
}
