using OpsBot.Actions.Catalog;
using OpsBot.Contracts.Actions;

namespace OpsBot.Actions.Approvals;

/// <summary>Somebody wants an action of the catalog put before people.</summary>
/// <param name="ArgumentSets">One slot each; most requests have one.</param>
/// <param name="ProposedBy">Id of a person, or <see cref="Actors.OpsBot"/>.</param>
/// <param name="Evidence">Ids of the evidence that it cites.</param>
/// <param name="Environment">That of the incident; empty where it is for none. The action's own word on where its target is comes first.</param>
public sealed record ProposalRequest(
    string Action, IReadOnlyList<IReadOnlyDictionary<string, string>> ArgumentSets, string ProposedBy, string Why, IReadOnlyList<string> Evidence,
    long? IncidentId, string Environment);

/// <summary>A request with everything that was read for it: ready to be written.</summary>
public sealed record PreparedProposal(
    ProposalRequest Request, ActionDefinition Action, IReadOnlyList<ProposalSlot> Slots, Binding Binding, int Quorum, IReadOnlyList<string> Roles);

/// <summary>What a person decides.</summary>
/// <param name="Version">The version that they saw.</param>
/// <param name="Hash">The binding that they saw.</param>
/// <param name="PersonId">Id of the person as the surface found them; looked up again here, so that nobody brings their own roles.</param>
public sealed record DecisionRequest(long ProposalId, int Version, string Hash, string PersonId, bool Approve, string? Reason = null);

/// <summary>What became of a request.</summary>
/// <param name="Proposal">The version that stands now; null where none does.</param>
public sealed record ProposalAnswer(bool Accepted, string Text, Proposal? Proposal);
