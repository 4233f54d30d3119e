using System.Text.Json.Nodes;

namespace OpsBot.Chat.Slack.Blocks;

/// <summary>What Slack takes of a text object.</summary>
internal static class TextRules
{
    public static IEnumerable<string> Of(JsonNode? text, string at, int most, bool plain = false)
    {
        if (text is not JsonObject one || BlockRules.Word(one, "type") is not ("plain_text" or "mrkdwn"))
        {
            yield return $"{at}: is no text object";
            yield break;
        }

        var type = BlockRules.Word(one, "type");
        if (plain && type != "plain_text")
            yield return $"{at}: must be plain_text";
        if (type == "plain_text" && one["verbatim"] is not null)
            yield return $"{at}: verbatim is for mrkdwn only";
        if (type == "mrkdwn" && one["emoji"] is not null)
            yield return $"{at}: emoji is for plain_text only";
        if (BlockRules.Word(one, "text") is not { } words || words.Length == 0 || words.Length > most)
            yield return $"{at}.text: 1 to {most} characters";
    }

    public static IEnumerable<string> Length(JsonObject owner, string name, string at, int most) =>
        owner[name] is { } node && (BlockRules.Word(owner, name) is not { } text || text.Length > most || node is not JsonValue)
            ? [$"{at}.{name}: at most {most} characters"]
            : [];
}
