using System.Text.Json.Nodes;
using OpsBot.Chat.Cards;

namespace OpsBot.Chat.Slack.Blocks;

/// <summary>Replies and answers as blocks: the whole text, over as many messages as it takes, or as a file where that would be too many.</summary>
internal static class TextBlocks
{
    public const int SectionsAMessage = 4, MostMessages = 3;

    // room for an ellipsis and for what Slack counts otherwise than we do
    private const int PartLength = BlockRules.TextCharacters - 100;

    /// <summary>The blocks of each message, in order.</summary>
    /// <param name="attached">True where the text is longer than so many messages: only its beginning stands here, and the whole goes as a file.</param>
    public static IReadOnlyList<JsonArray> Of(PlainText text, out bool attached)
    {
        var parts = SlackText.Split(text.Value, PartLength).Take((SectionsAMessage * MostMessages) + 1).ToList();
        if (parts.Count == 0)
            parts.Add("(nothing)");
        attached = parts.Count > SectionsAMessage * MostMessages;
        var shown = attached ? [parts[0], "The whole of it is in the file."] : parts;
        return [.. shown.Chunk(SectionsAMessage).Select(chunk => new JsonArray([.. chunk.Select(SlackText.Section)]))];
    }

    /// <summary>Buttons and a form below the last of the messages.</summary>
    public static void AddChoices(JsonArray blocks, IReadOnlyList<ProposedDecision> decisions, AnswerFormValue? form)
    {
        foreach (var decision in decisions.Take(10))
        {
            blocks.Add(SlackText.Section(SlackText.Fit($"{decision.Name} v{decision.Version}: {decision.Title.Value}\n{decision.Approvers.Value}", BlockRules.TextCharacters)));
            blocks.Add(DecisionBlocks.Of(decision));
        }

        if (form?.Written() is { } value)
        {
            blocks.Add(new JsonObject
            {
                ["type"] = "actions",
                ["block_id"] = "form",
                ["elements"] = new JsonArray(DecisionBlocks.Button(FormView.Open, "Fill in", value, "primary", confirm: null)),
            });
        }
    }

    /// <summary>A picture that was uploaded, with its words for whoever does not see it.</summary>
    public static JsonObject Picture(string fileId, PlainText title) => new()
    {
        ["type"] = "image",
        ["slack_file"] = new JsonObject { ["id"] = fileId },
        ["alt_text"] = SlackText.Fit(title.IsEmpty ? "chart" : title.Value, 2000),
        ["title"] = SlackText.Plain(title.IsEmpty ? "chart" : title.Value, 2000),
    };
}
