using System.Text.Json.Nodes;
using OpsBot.Chat.Cards;
using OpsBot.Chat.Threads;
using static OpsBot.Chat.Teams.Cards.CardElements;

namespace OpsBot.Chat.Teams.Cards;

/// <summary>
/// Replies and answers as cards, because the text of a message is Markdown and HTML to Teams and the runs of a card are not. What is too long for one
/// is split at its lines and never cut.
/// </summary>
internal static class TextCards
{
    private const int LongestLine = 4_000;

    // of a card without buttons and pictures; they have their own room in the last
    private const int MaxBytes = 20 * 1024;

    /// <param name="monospace">For what was written in columns: the text of an attached file.</param>
    public static IReadOnlyList<JsonObject> Of(string text, bool monospace = false)
    {
        var parts = Split(Lines(text).Select(line => Element(line, monospace)));
        return [.. parts.Select(part => Card(part, Fallback))];
    }

    /// <summary>The buttons and fields of an answer, on the last of its cards.</summary>
    public static void Add(JsonObject card, AnswerDelivery answer)
    {
        var actions = CardActions.Of(answer.Decisions).ToList();
        if (answer.Form is { } form)
        {
            var body = (JsonArray)card["body"]!;
            var (fields, send) = CardActions.Of(form);
            body.Add((JsonNode)Line(Run(form.Title).Bold()).Spaced("medium"));
            foreach (var field in fields) body.Add((JsonNode)field);
            actions.Add(send);
        }

        if (actions.Count > 0) card["actions"] = new JsonArray([.. actions]);
    }

    /// <summary>
    /// A picture with its words below it: on the last card where there is room, because what is one message cannot be torn apart by a crash; else on its own.
    /// </summary>
    /// <param name="name">File name that it would have.</param>
    public static void AddPicture(List<JsonObject> cards, string address, string name, PlainText words)
    {
        JsonObject[] elements = [Image(address, PlainText.Line(name, 80).Value, words), Line(Run(words).Subtle().Small())];
        if (cards.Count == 0 || AdaptiveCardRenderer.BytesOf(cards[^1]) + elements.Sum(element => AdaptiveCardRenderer.BytesOf(element) + 1) > AdaptiveCardRenderer.MaxBytes)
            cards.Add(Card([], Fallback));
        foreach (var element in elements) ((JsonArray)cards[^1]["body"]!).Add((JsonNode)element);
    }

    private const string Fallback = "OpsBot wrote here. This client shows no cards; see the console of OpsBot.";

    private static List<JsonArray> Split(IEnumerable<JsonObject> elements)
    {
        var parts = new List<JsonArray> { new() };
        var used = 0;
        foreach (var element in elements)
        {
            var bytes = AdaptiveCardRenderer.BytesOf(element) + 1;
            if (used + bytes > MaxBytes && parts[^1].Count > 0)
            {
                parts.Add([]);
                used = 0;
            }

            parts[^1].Add((JsonNode)element);
            used += bytes;
        }

        return parts;
    }

    /// <summary>The lines; one that is longer than a card is broken, at a space where there is one.</summary>
    private static IEnumerable<string> Lines(string text)
    {
        foreach (var line in text.Split('\n'))
        {
            var rest = line;
            while (rest.Length > LongestLine)
            {
                var space = rest.LastIndexOf(' ', LongestLine - 1, LongestLine / 2);
                var end = space > 0 ? space + 1 : char.IsHighSurrogate(rest[LongestLine - 1]) ? LongestLine - 1 : LongestLine;
                yield return rest[..end];
                rest = rest[end..];
            }

            yield return rest;
        }
    }

    private static JsonObject Element(string line, bool monospace)
    {
        // clients fold spaces; those that a line begins with mean something
        var indent = line.Length - line.TrimStart(' ').Length;
        var run = Run(line.Length == indent ? "\u00A0" : new string('\u00A0', indent) + line[indent..].Replace('\t', ' '));
        return Line(monospace ? run.Monospace().Small() : run).Spaced("none");
    }
}
