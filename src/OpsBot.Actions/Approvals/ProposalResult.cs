using OpsBot.Contracts.Actions;
using OpsBot.Storage.Approvals;
using OpsBot.Storage.Messages;

namespace OpsBot.Actions.Approvals;

/// <summary>What follows from an event.</summary>
/// <param name="State">The state to keep.</param>
/// <param name="Messages">Rows to write in the same transaction, in this order.</param>
/// <param name="Audit">Lines to append in the same transaction. A refused attempt has one too.</param>
/// <param name="Answer">What whoever caused it is told.</param>
public sealed record ProposalResult(
    ProposalState State, bool Changed, IReadOnlyList<NewMessage> Messages, IReadOnlyList<AuditEntry> Audit, Answer Answer);
