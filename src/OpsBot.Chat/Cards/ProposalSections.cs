using System.Globalization;
using OpsBot.Contracts.Actions;
using OpsBot.Contracts.Incidents;
using static OpsBot.Chat.Cards.CardText;

namespace OpsBot.Chat.Cards;

/// <summary>The sections of a card that put actions before people: a section a proposal, those that need somebody first.</summary>
internal static class ProposalSections
{
    public static IEnumerable<CardSection> Of(IncidentDetail detail)
    {
        var ordered = ProposalWords.Ordered(detail.Proposals);
        var shown = ordered.Take(CardLimits.Proposals).Select(Section).ToList();
        if (ordered.Count > shown.Count)
            shown[^1] = shown[^1] with { More = Wording.Count(ordered.Count - shown.Count, "more proposal") };
        return shown;
    }

    /// <summary>Those of the proposals shown that wait for people.</summary>
    public static IReadOnlyList<ProposedDecision> Decisions(IncidentDetail detail) =>
        [.. ProposalWords.Ordered(detail.Proposals).Take(CardLimits.Proposals).Where(view => view.Proposal.Status == ProposalStatus.Open).Select(Decision)];

    /// <summary>What a surface makes its buttons of.</summary>
    public static ProposedDecision Decision(ProposalView view) => new(
        view.Proposal.Id,
        view.Proposal.Version,
        PlainText.Line($"{view.Proposal.Action} on {ProposalWords.Targets(view.Proposal)}", CardLimits.Fact),
        PlainText.Line(ProposalWords.Approved(view), CardLimits.Excerpt));

    private static CardSection Section(ProposalView view)
    {
        var proposal = view.Proposal;
        return new CardSection(
            CardSectionKind.Proposal,
            string.Create(CultureInfo.InvariantCulture, $"Proposal {proposal.Name} v{proposal.Version}: {ProposalWords.Word(proposal.Status)}"),
            Lines(view).ToList());
    }

    private static IEnumerable<CardLine> Lines(ProposalView view)
    {
        var proposal = view.Proposal;
        var slot = proposal.Slots.Count > 0 ? proposal.Slots[0] : null;
        var blast = slot is null ? "" : $" · {ProposalWords.Blast(slot.Blast)}";
        yield return new CardLine(
            Own("action"),
            PlainText.Line($"{proposal.Action} on {ProposalWords.Targets(proposal)}: {proposal.Title}", CardLimits.Detail),
            PlainText.Line($"{Wording.Word(proposal.Risk)}{blast}", 120));
        if (proposal.StatusReason is { Length: > 0 } reason)
            yield return new CardLine(Own("state"), PlainText.Line(reason, CardLimits.Detail));
        yield return new CardLine(
            Own("why"), PlainText.Line(proposal.Why, CardLimits.Statement), PlainText.Line(string.Join(", ", proposal.Evidence.Take(CardLimits.Evidence)), 80));
        if (ProposalWords.IsLive(proposal))
        {
            foreach (var line in Plan(view, slot))
                yield return line;
        }

        foreach (var run in view.Runs.TakeLast(CardLimits.Runs))
            yield return new CardLine(Own(run.Name), PlainText.Line(ProposalWords.Run(run), CardLimits.Detail), Tail(run.OutputTail));
    }

    private static IEnumerable<CardLine> Plan(ProposalView view, ProposalSlot? slot)
    {
        if (slot?.DryRun is { } dry)
        {
            yield return new CardLine(Own("dry run"), Tail(dry.Text), dry.ExitCode == 0
                ? default
                : Own(string.Create(CultureInfo.InvariantCulture, $"it ended with exit status {dry.ExitCode}")));
        }

        if (slot?.Undo is { Count: > 0 } undo)
            yield return new CardLine(Own("undo"), PlainText.Line(ProposalWords.Command(ProposalWords.Filled(undo, slot.State)), CardLimits.Excerpt));
        if (ProposalWords.Gates(view.Proposal) is { } gates)
            yield return new CardLine(Own("gates"), PlainText.Line(gates, CardLimits.Fact));
        yield return new CardLine(Own("approval"), PlainText.Line(ProposalWords.Approved(view), CardLimits.Excerpt));
    }

    /// <summary>The last lines of an output, told apart in one.</summary>
    private static PlainText Tail(string output)
    {
        var lines = PlainText.Block(output.Length > 4000 ? output[^4000..] : output, 4000).Value
            .Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return PlainText.Line(string.Join(" / ", lines.TakeLast(CardLimits.OutputLines)), CardLimits.Excerpt);
    }
}
