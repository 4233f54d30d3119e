using System.Net;
using OpsBot.Chat.Cards;
using OpsBot.Chat.Teams.Wire;

namespace OpsBot.Chat.Teams.Incoming;

/// <summary>The words of a message, without the mention of the bot and without markup.</summary>
internal static class SpokenText
{
    /// <summary>Most characters of a message that are read.</summary>
    public const int Limit = 4_000;

    private const int LongestName = 80;
    private const int MostMentions = 50;

    /// <summary>True where the bot itself is mentioned: only then does a message in a channel speak to it.</summary>
    public static bool MentionsBot(Activity activity) => Mentions(activity).Any(mention => IsBot(mention, activity));

    public static string Of(Activity activity)
    {
        var text = activity.Text ?? "";
        if (text.Length > Limit * 4) text = text[..(Limit * 4)];
        foreach (var mention in Mentions(activity).OrderByDescending(mention => mention.Text!.Length))
        {
            // somebody else's name stays: 'ack for @Ada' means something else than 'ack for'
            var shown = IsBot(mention, activity) ? " " : $"@{PlainText.Line(mention.Mentioned?.Name, LongestName).Value}";
            text = text.Replace(mention.Text!, shown, StringComparison.Ordinal);
        }

        // what a person types comes escaped: a < is &lt;, a space at the end &nbsp;
        return PlainText.Block(WebUtility.HtmlDecode(text), Limit).Value.Trim();
    }

    private static IEnumerable<Entity> Mentions(Activity activity) => (activity.Entities ?? [])
        .Where(entity => entity is { Type: "mention", Text.Length: > 0 }).Take(MostMentions);

    private static bool IsBot(Entity mention, Activity activity) => mention.Mentioned?.Id is { Length: > 0 } id && id == activity.Recipient?.Id;
}
