using OpsBot.Actions.Audit;
using OpsBot.Actions.Catalog;
using OpsBot.Actions.Loops;
using OpsBot.Actions.People;
using OpsBot.Contracts.Actions;
using OpsBot.Storage.Approvals;
using OpsBot.Storage.Messages;

namespace OpsBot.Actions.Approvals;

/// <summary>Where proposals are made and decided. Nobody is answered with an exception: a refusal is a sentence, and stands in the audit.</summary>
public sealed class ProposalDesk
{
    private const int LongestReason = 500;

    private readonly ProposalPreparation _preparation;
    private readonly ProposalBook _book;
    private readonly IPeople _people;
    private readonly Outbox _outbox;
    private readonly IHumanActs? _acts;

    internal ProposalDesk(ProposalPreparation preparation, ProposalBook book, IPeople people, Outbox outbox, IHumanActs? acts) =>
        (_preparation, _book, _people, _outbox, _acts) = (preparation, book, people, outbox, acts);

    /// <summary>A person proposes an action; somebody else has to approve it.</summary>
    public async Task<ProposalAnswer> ProposeAsync(ProposalRequest request, CancellationToken cancellationToken)
    {
        try
        {
            if (_people.Find(request.ProposedBy)?.Id != request.ProposedBy)
                throw new ActionRefusedException(ProposalTexts.Unknown(request.ProposedBy));
            var prepared = await _preparation.PrepareAsync(request, cancellationToken);
            return await _outbox.CommitAsync(
                async scope =>
                {
                    var answer = await StoreAsync(scope, prepared);
                    await ActedOnAsync(answer.Accepted, request.IncidentId, scope);
                    return answer;
                },
                cancellationToken);
        }
        catch (ActionRefusedException refused)
        {
            await _outbox.CommitAsync(
                async scope =>
                {
                    await _book.NoteRefusedAsync(scope, Denied(request.ProposedBy, OneLine.Of(request.Action, 80), refused.Message));
                    return true;
                },
                cancellationToken);
            return new ProposalAnswer(false, refused.Message, null);
        }
    }

    /// <summary>Writes a prepared proposal: a new one, the next version of one that is not over, or nothing where it stands already.</summary>
    public async Task<ProposalAnswer> StoreAsync(EffectScope scope, PreparedProposal prepared)
    {
        if (await LoopJobs.GoesOnAsync(scope.Transaction, prepared) is { } loop)
            return new ProposalAnswer(false, $"{loop.Name} goes on with it by itself; refuse that first.", loop);
        var live = await ProposalTable.LiveAsync(scope.Transaction, prepared.Request.IncidentId, prepared.Action.Name);
        var targets = prepared.Slots.Select(slot => slot.Target).ToList();
        foreach (var twin in live.Where(proposal => proposal.Slots.Select(slot => slot.Target).SequenceEqual(targets)))
        {
            var state = (await ProposalTable.FindAsync(scope.Transaction, twin.Id, twin.Version))!;
            var expired = await _book.ApplyAsync(scope, state, new TimeRanOut(scope.Now));
            if (expired.Changed)
                continue;
            if (twin.Status == ProposalStatus.Running)
                return new ProposalAnswer(false, $"{twin.Name} is at work on {targets[0]}; wait for its end.", twin);
            if (twin.Binding.Hash == prepared.Binding.Hash)
                return new ProposalAnswer(true, $"{twin.Name} proposes this already.", twin);
            var difference = BindingReader.Difference(twin, prepared.Binding, prepared.Slots);
            await _book.ApplyAsync(scope, state, new Voided(scope.Now, FormattableString.Invariant($"version {twin.Version + 1} took its place. {difference}")));
            return await OpenAsync(scope, prepared, twin.Id, twin.Version + 1);
        }

        return await OpenAsync(scope, prepared, await ProposalTable.ReserveAsync(scope.Transaction, scope.Now), version: 1);
    }

    public async Task<Answer> DecideAsync(DecisionRequest request, CancellationToken cancellationToken)
    {
        return await _outbox.CommitAsync(
            async scope =>
            {
                if (await ProposalTable.FindAsync(scope.Transaction, request.ProposalId, version: null) is not { } state)
                {
                    var none = $"There is no {ActionNames.Proposal(request.ProposalId)}. 'opsbot actions list' shows those that there are.";
                    await _book.NoteRefusedAsync(scope, Denied(request.PersonId, ActionNames.Proposal(request.ProposalId), none));
                    return new Answer(false, none);
                }

                var reason = OneLine.Of(request.Reason, LongestReason);
                var decided = new Decided(
                    scope.Now, request.PersonId, request.Version, request.Hash, request.Approve, reason.Length > 0 ? reason : null,
                    await SwitchTable.ReadAsync(scope.Transaction));
                var answer = (await _book.ApplyAsync(scope, state, decided)).Answer;
                await ActedOnAsync(answer.Accepted, state.Proposal.IncidentId, scope);
                return answer;
            },
            cancellationToken);
    }

    /// <summary>A version's timer fell due.</summary>
    public async Task ExpireAsync(EffectScope scope, long proposalId, int version)
    {
        if (await ProposalTable.FindAsync(scope.Transaction, proposalId, version) is { } state)
            await _book.ApplyAsync(scope, state, new TimeRanOut(scope.Now));
    }

    private static AuditEntry Denied(string by, string subject, string reason) =>
        new(RefusedActs.First, OneLine.Of(by, 80), subject, new Dictionary<string, string> { ["reason"] = reason });

    private Task ActedOnAsync(bool accepted, long? incidentId, EffectScope scope) =>
        accepted && incidentId is { } incident && _acts is not null ? _acts.ActedOnAsync(incident, scope) : Task.CompletedTask;

    private async Task<ProposalAnswer> OpenAsync(EffectScope scope, PreparedProposal prepared, long id, int version)
    {
        var (request, action) = (prepared.Request, prepared.Action);
        var proposal = new Proposal
        {
            Id = id,
            Version = version,
            IncidentId = request.IncidentId,
            Environment = request.Environment,
            Action = action.Name,
            Title = action.Description,
            Risk = action.Risk,
            ProposedBy = request.ProposedBy,
            Why = request.Why,
            Evidence = request.Evidence,
            Slots = prepared.Slots,
            Loop = action.Loop is { } rule ? new ProposalLoop(rule.Over, rule.Watch, rule.GpuHours, scope.Now + rule.For) : null,
            Binding = prepared.Binding,
            Quorum = prepared.Quorum,
            ApproverRoles = prepared.Roles,
            GatesBefore = action.GatesBefore,
            GatesAfter = action.GatesAfter,
            CreatedAt = scope.Now,
            ExpiresAt = DateTimeOffset.FromUnixTimeMilliseconds((scope.Now + action.Approval.Expires).ToUnixTimeMilliseconds()),
            Status = ProposalStatus.Open,
        };
        var result = await _book.ApplyAsync(scope, state: null, new Proposed(scope.Now, proposal));
        return new ProposalAnswer(true, result.Answer.Text, result.State.Proposal);
    }
}
