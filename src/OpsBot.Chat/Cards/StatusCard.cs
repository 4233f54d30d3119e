using OpsBot.Contracts.Incidents;

namespace OpsBot.Chat.Cards;

/// <summary>What a section of the card is about; a surface may lay kinds out differently.</summary>
public enum CardSectionKind
{
    Notice,
    Cause,
    Proposal,
    Evidence,
    NextSteps,
    Runbook,
    SeenBefore,
    Watch,
    Timeline,
}

/// <summary>The status card of an incident: edited in place, the same on every surface, free of any surface's markup.</summary>
/// <param name="Name"><c>INC-12</c>.</param>
/// <param name="State">The status in words: <c>open</c>, <c>open again</c>, <c>acknowledged</c>, <c>resolved</c>.</param>
public sealed record StatusCard(
    string Name,
    PlainText Title,
    SeverityLevel Severity,
    IncidentStatus Status,
    string State,
    IReadOnlyList<CardFact> Facts,
    IReadOnlyList<CardSection> Sections)
{
    /// <summary>The proposals of the card that wait for people, in the order of their sections: a surface makes buttons of them.</summary>
    public IReadOnlyList<ProposedDecision> Decisions { get; init; } = [];
}

/// <summary>
/// A proposal that people may decide. A button carries its id, its version and the decision, and nothing else: whether the person may is decided when they press.
/// </summary>
/// <param name="Title">What would be done to what, in one line.</param>
/// <param name="Approvers">Who may approve and how many it takes, in one line.</param>
public sealed record ProposedDecision(long ProposalId, int Version, PlainText Title, PlainText Approvers)
{
    /// <summary>False while the kill switch is thrown or enough people have approved: only refusing is left.</summary>
    public bool CanApprove { get; init; } = true;

    /// <summary><c>PROP-7</c>.</summary>
    public string Name => Contracts.Actions.ActionNames.Proposal(ProposalId);
}

/// <summary>A short fact with its label.</summary>
public sealed record CardFact(string Label, PlainText Text);

/// <summary>A heading with lines below it.</summary>
/// <param name="More">How much was left out, in words; null where nothing was.</param>
public sealed record CardSection(CardSectionKind Kind, string Heading, IReadOnlyList<CardLine> Lines, string? More = null);

/// <summary>One line of a section.</summary>
/// <param name="Lead">What stands before the text: a confidence, an evidence id, a time; may be empty.</param>
/// <param name="Detail">A second, quieter line; may be empty.</param>
public sealed record CardLine(PlainText Lead, PlainText Text, PlainText Detail = default);
