using OpsBot.Actions.Catalog;
using OpsBot.Contracts.Actions;

namespace OpsBot.Actions.Policy;

/// <summary>What the rules of the house say of an action: deny beats ask beats allow.</summary>
public interface IActionPolicy
{
    /// <summary>Asked when a proposal is made, and again right before it runs.</summary>
    PolicyVerdict Judge(ActionDefinition action, IReadOnlyList<BlastRadius> blasts, string environment, DateTimeOffset now);
}

/// <summary>A verdict and why.</summary>
/// <param name="Quorum">People who must approve; 2 at least for what cannot be undone.</param>
public sealed record PolicyVerdict(PolicyDecision Decision, int Quorum, IReadOnlyList<string> Roles, string Reason);

public enum PolicyDecision
{
    /// <summary>The action's own rule of approval suffices.</summary>
    Allow,

    /// <summary>One more person must approve than the action's own rule says.</summary>
    Ask,

    /// <summary>Not now, or not at all: freeze window, blast radius, rule.</summary>
    Deny,
}
