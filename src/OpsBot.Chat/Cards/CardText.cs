namespace OpsBot.Chat.Cards;

/// <summary>Small helpers that the makers of sections share.</summary>
internal static class CardText
{
    /// <summary>Words of our own. Cleaned all the same: a name from outside may be among them.</summary>
    public static PlainText Own(string words) => PlainText.Line(words, CardLimits.Statement);

    /// <summary>A section of the first <paramref name="limit"/> items that says how many it left out; null where there are none.</summary>
    public static CardSection? Section<T>(
        CardSectionKind kind, string heading, IReadOnlyList<T> items, int limit, string what, Func<T, CardLine> line) =>
        items.Count == 0
            ? null
            : new CardSection(
                kind, heading, items.Take(limit).Select(line).ToList(),
                items.Count > limit ? $"{Wording.Count(items.Count - limit, $"more {what}")}" : null);
}
