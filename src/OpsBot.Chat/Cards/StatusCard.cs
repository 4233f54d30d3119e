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
    IReadOnlyList<CardSection> Sections);

/// <summary>A short fact with its label.</summary>
public sealed record CardFact(string Label, PlainText Text);

/// <summary>A heading with lines below it.</summary>
/// <param name="More">How much was left out, in words; null where nothing was.</param>
public sealed record CardSection(CardSectionKind Kind, string Heading, IReadOnlyList<CardLine> Lines, string? More = null);

/// <summary>One line of a section.</summary>
/// <param name="Lead">What stands before the text: a confidence, an evidence id, a time; may be empty.</param>
/// <param name="Detail">A second, quieter line; may be empty.</param>
public sealed record CardLine(PlainText Lead, PlainText Text, PlainText Detail = default);
