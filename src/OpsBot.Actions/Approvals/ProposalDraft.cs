using System.Globalization;
using OpsBot.Actions.Audit;
using OpsBot.Contracts.Actions;
using OpsBot.Contracts.Incidents;
using OpsBot.Contracts.Messages;
using OpsBot.Storage.Approvals;
using OpsBot.Storage.Messages;

namespace OpsBot.Actions.Approvals;

/// <summary>A version of a proposal while one event is applied. Lives for one call of <see cref="ProposalFlow.Apply"/>.</summary>
internal sealed class ProposalDraft(ProposalState before, ProposalState start, DateTimeOffset at)
{
    private readonly List<NewMessage> _messages = [];
    private readonly List<AuditEntry> _audit = [];

    public DateTimeOffset At { get; } = at;

    public ProposalState State { get; set; } = start;

    public Proposal Proposal => State.Proposal;

    private string Subject => ProposalTexts.Subject(before.Proposal);

    public int Total => Proposal.Slots.Count;

    /// <summary>A slot runs, waits for a person's word, or was undone while those before it still are to be: the version ends with it, not before.</summary>
    public bool AtWork => Proposal.Status == ProposalStatus.Running && State.Used.Any(used => used.Outcome is null or RunStatus.Unknown or RunStatus.Undone);

    /// <summary>Moves it on.</summary>
    public void Move(ProposalStatus to, string? reason) =>
        State = State with { Proposal = Proposal with { Status = to, StatusReason = reason } };

    /// <summary>Approvals of it are worth nothing from now on.</summary>
    public void VoidApprovals(string reason) => State = State with
    {
        Approvals = [.. State.Approvals.Select(approval =>
            approval.Approved && approval.VoidedBecause is null ? approval with { VoidedBecause = reason } : approval)],
    };

    /// <summary>Writes the outcome of a slot that a run consumed.</summary>
    public void SetOutcome(int slot, RunStatus outcome) => State = State with
    {
        Used = [.. State.Used.Select(used => used.Slot == slot ? used with { Outcome = outcome } : used)],
    };

    /// <summary>Says one thing in the incident's thread; without an incident there is none.</summary>
    /// <param name="name">What is said, unique within the version.</param>
    public void Reply(string name, string text)
    {
        if (Proposal.IncidentId is { } incident)
        {
            var delivery = string.Create(CultureInfo.InvariantCulture, $"{Names.Incident(incident)}/{Proposal.Name}/v{Proposal.Version}/{name}");
            _messages.Add(NewMessage.Of(new PostReply(incident, delivery, text, "proposal"), Streams.Thread(incident)));
        }
    }

    public void AskRun(int slot) =>
        _messages.Add(NewMessage.Of(new RunProposal(Proposal.Id, Proposal.Version, slot), Streams.Proposal(Proposal.Id)));

    public void AskLoop(int slot) =>
        _messages.Add(NewMessage.Of(new ContinueLoop(Proposal.Id, Proposal.Version, slot), Streams.ProposalLoop(Proposal.Id)));

    public void AskExpiry() => _messages.Add(NewMessage.Of(
        new ExpireProposal(Proposal.Id, Proposal.Version), Streams.ProposalExpiry(Proposal.Id), Later(Proposal.ExpiresAt - At)));

    public void Note(string kind, string actor, params (string Name, string? Value)[] details) => _audit.Add(new AuditEntry(
        kind, actor, Subject, details.Where(detail => detail.Value is not null).ToDictionary(detail => detail.Name, detail => detail.Value!)));

    /// <summary>Something changed.</summary>
    public ProposalResult Done(string answer)
    {
        if (Proposal.IncidentId is { } incident)
            _messages.Insert(0, NewMessage.Of(new UpdateCard(incident), Streams.Thread(incident), coalesce: true));
        return new ProposalResult(State, Changed: true, _messages, _audit, new Answer(true, answer));
    }

    /// <summary>It stands already as asked.</summary>
    public ProposalResult Already(string answer) => new(before, Changed: false, [], [], new Answer(true, answer));

    /// <summary>Nothing changes, and this is why. An attempt that somebody made is noted.</summary>
    public ProposalResult Refuse(string answer, string? actor = null)
    {
        if (actor is not null)
            Note(RefusedActs.First, actor, ("reason", answer));
        return new ProposalResult(before, Changed: false, [], _audit, new Answer(false, answer));
    }

    private static TimeSpan Later(TimeSpan delay) => delay < TimeSpan.Zero ? TimeSpan.Zero : delay;
}
