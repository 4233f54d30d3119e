using System.Globalization;
using OpsBot.Actions.Catalog;
using OpsBot.Contracts.Actions;
using OpsBot.Contracts.Diagnoses;

namespace OpsBot.Tests.Support;

/// <summary>Builders of proposals and runs, for what is decided without a store.</summary>
internal static partial class Some
{
    public static ActionDefinition ActionDefinition() => new ActionCatalog(new ActionsOptions
    {
        Catalog = new()
        {
            ["roll-back"] = new() { Description = "Put the last version back", Risk = RiskOption.Reversible, Target = "deployment/cart", Run = ["/bin/true"], Undo = ["/bin/true"], Folder = "/" },
        },
    }).All[0];

    /// <summary>Proposed by Ana, to be approved by people with the role sre, for half an hour.</summary>
    public static Proposal Proposal(int slots = 1, ActionRisk risk = ActionRisk.Reversible, string definition = "definition", long? incident = 3) => new()
    {
        Id = 7,
        Version = 1,
        IncidentId = incident,
        Environment = "production",
        Action = "roll-back",
        Title = "Put the last version back",
        Risk = risk,
        ProposedBy = "ana",
        Why = "errors rose after the deploy",
        Slots =
        [
            .. Enumerable.Range(1, slots).Select(number => new ProposalSlot(
                number, new Dictionary<string, string> { ["service"] = string.Create(CultureInfo.InvariantCulture, $"cart-{number}") },
                string.Create(CultureInfo.InvariantCulture, $"deployment/cart-{number}"), new BlastRadius(1, null, null), ["/bin/true"], null,
                new Dictionary<string, string>(), null)),
        ],
        Binding = new Binding("hash", definition, new Dictionary<string, string>()),
        Quorum = 1,
        ApproverRoles = ["sre"],
        CreatedAt = Start,
        ExpiresAt = Start + TimeSpan.FromMinutes(30),
        Status = ProposalStatus.Open,
    };

    public static ActionRun Run(Proposal proposal, int slot = 1, RunStatus status = RunStatus.Verified, string? reason = null) => new()
    {
        Id = slot,
        ProposalId = proposal.Id,
        Version = proposal.Version,
        Slot = slot,
        Action = proposal.Action,
        Target = "deployment/cart",
        Fence = 1,
        IdempotencyKey = "key",
        Status = status,
        Reason = reason,
    };
}
