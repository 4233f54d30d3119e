using System.Text.Json.Nodes;
using OpsBot.Chat.Cards;

namespace OpsBot.Chat.Teams.Cards;

/// <summary>
/// The elements of Adaptive Cards that we use. All text goes into text runs: they are the one element whose text is no Markdown, where a link, a
/// mention or a tag stays the letters that it is. (Text blocks and fact sets are Markdown.)
/// </summary>
internal static class CardElements
{
    public const string ContentType = "application/vnd.microsoft.card.adaptive";
    public const string Version = "1.5";

    /// <param name="fallback">For clients that show no such card; our own words only, because it may be read as Markdown.</param>
    public static JsonObject Card(JsonArray body, string fallback) => new()
    {
        ["type"] = "AdaptiveCard",
        ["$schema"] = "http://adaptivecards.io/schemas/adaptive-card.json",
        ["version"] = Version,
        ["fallbackText"] = fallback,
        ["msteams"] = new JsonObject { ["width"] = "Full" },
        ["body"] = body,
    };

    /// <summary>One line of text, made of runs.</summary>
    public static JsonObject Line(params JsonObject?[] runs) => new()
    {
        ["type"] = "RichTextBlock",
        ["inlines"] = new JsonArray([.. runs.OfType<JsonObject>()]),
    };

    public static JsonObject Spaced(this JsonObject element, string spacing)
    {
        element["spacing"] = spacing;
        return element;
    }

    public static JsonObject Separated(this JsonObject element)
    {
        element["separator"] = true;
        return element;
    }

    /// <summary>Null for no text: an empty run is nothing that a client has to take.</summary>
    public static JsonObject? Run(PlainText text) => Run(text.Value);

    /// <summary>The same of a line that has been a <see cref="PlainText"/>, or of our own words.</summary>
    public static JsonObject? Run(string text) => text.Length == 0 ? null : new JsonObject { ["type"] = "TextRun", ["text"] = text };

    public static JsonObject? Bold(this JsonObject? run) => With(run, "weight", "bolder");

    public static JsonObject? Large(this JsonObject? run) => With(run, "size", "large");

    public static JsonObject? Small(this JsonObject? run) => With(run, "size", "small");

    public static JsonObject? Subtle(this JsonObject? run) => With(run, "isSubtle", true);

    public static JsonObject? Monospace(this JsonObject? run) => With(run, "fontType", "monospace");

    /// <param name="colour"><c>attention</c>, <c>warning</c>, <c>good</c>, <c>accent</c>, <c>default</c>.</param>
    public static JsonObject? Coloured(this JsonObject? run, string colour) => With(run, "color", colour);

    /// <param name="name">Its id in the card.</param>
    /// <param name="words">What it shows, for whoever does not see it.</param>
    public static JsonObject Image(string address, string name, PlainText words) => new()
    {
        ["type"] = "Image",
        ["id"] = name,
        ["url"] = address,
        ["altText"] = words.Value,
        ["size"] = "stretch",
    };

    private static JsonObject? With(JsonObject? run, string name, JsonNode value)
    {
        if (run is not null) run[name] = value;
        return run;
    }
}
