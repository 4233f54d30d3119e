using System.Text;
using System.Text.Json.Nodes;
using OpsBot.Chat.Cards;

namespace OpsBot.Chat.Slack.Blocks;

/// <summary>The status card as blocks. Whatever came from outside stands in plain text; only headings of ours are mrkdwn.</summary>
internal static class CardBlocks
{
    // the last block says that more is in the console
    private const int Most = BlockRules.MessageBlocks - 1;

    /// <summary>What notifications and screen readers say of the card.</summary>
    public static string Summary(StatusCard card) => SlackText.Fit($"{card.Name} {Severity(card)}, {card.State}: {card.Title.Value}", 300);

    public static JsonArray Of(StatusCard card)
    {
        var blocks = new List<JsonObject>
        {
            new() { ["type"] = "header", ["text"] = SlackText.Plain($"{card.Name} · {Severity(card)} · {card.State}", BlockRules.HeaderCharacters) },
            SlackText.Section(SlackText.Fit(card.Title.Value, BlockRules.TextCharacters)),
        };
        if (card.Facts.Count > 0)
        {
            blocks.Add(new JsonObject
            {
                ["type"] = "section",
                ["fields"] = new JsonArray([.. card.Facts.Take(BlockRules.Fields).Select(fact => (JsonNode)SlackText.Plain($"{fact.Label}: {fact.Text.Value}", BlockRules.FieldCharacters))]),
            });
        }

        var shown = 0;
        foreach (var section in card.Sections)
        {
            var its = Section(section, card.Decisions).ToList();
            if (blocks.Count + its.Count > Most)
                break;
            blocks.AddRange(its);
            shown++;
        }

        if (shown < card.Sections.Count)
            blocks.Add(Quiet($"{card.Sections.Count - shown} more sections are in the console"));
        return new JsonArray([.. blocks]);
    }

    private static IEnumerable<JsonObject> Section(CardSection section, IReadOnlyList<ProposedDecision> decisions)
    {
        yield return SlackText.Heading(section.Heading);
        foreach (var part in SlackText.Split(Lines(section), BlockRules.TextCharacters))
            yield return SlackText.Section(part);
        if (section.More is { } more)
            yield return Quiet($"… and {more}");
        if (section.Kind == CardSectionKind.Proposal)
        {
            foreach (var decision in decisions.Where(decision => section.Heading.Contains($"{decision.Name} ", StringComparison.Ordinal)))
                yield return DecisionBlocks.Of(decision);
        }
    }

    private static string Lines(CardSection section)
    {
        var text = new StringBuilder();
        foreach (var line in section.Lines)
        {
            text.Append(line.Lead.IsEmpty ? "" : line.Lead.Value + "  ").Append(line.Text.Value).Append('\n');
            if (!line.Detail.IsEmpty)
                text.Append("    ").Append(line.Detail.Value).Append('\n');
        }

        return text.ToString();
    }

    private static JsonObject Quiet(string words) => new() { ["type"] = "context", ["elements"] = new JsonArray(SlackText.Plain(words, BlockRules.FieldCharacters)) };

    private static string Severity(StatusCard card) => card.Severity.ToString().ToUpperInvariant();
}
