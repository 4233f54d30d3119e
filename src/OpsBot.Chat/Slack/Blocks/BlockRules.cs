using System.Text.Json.Nodes;

namespace OpsBot.Chat.Slack.Blocks;

/// <summary>What Slack takes of Block Kit, as docs.slack.dev/reference/block-kit states it: one block too long and the whole message is refused.</summary>
internal static class BlockRules
{
    public const int MessageBlocks = 50, ModalBlocks = 100, TextCharacters = 3000, HeaderCharacters = 150, FieldCharacters = 2000, Fields = 10;

    public const int ButtonText = 75, ButtonValue = 2000, MessageText = 40_000, MetadataCharacters = 3000;

    private static readonly string[] InMessages = ["section", "header", "divider", "context", "actions", "image", "input", "rich_text", "markdown", "table", "video", "file"];
    private static readonly string[] InModals = ["section", "header", "divider", "context", "actions", "image", "input", "rich_text", "video", "alert"];

    /// <summary>What is wrong with the blocks of a message, each with its place; nothing where Slack takes them.</summary>
    public static IReadOnlyList<string> OfMessage(JsonNode? blocks) => [.. Blocks(blocks, MessageBlocks, InMessages)];

    /// <summary>What is wrong with a view of type <c>modal</c>.</summary>
    public static IReadOnlyList<string> OfModal(JsonNode? view)
    {
        if (view is not JsonObject modal || Word(modal, "type") != "modal")
            return ["view: its type is not modal"];
        List<string> wrong = [.. Blocks(modal["blocks"], ModalBlocks, InModals)];
        wrong.AddRange(TextRules.Of(modal["title"], "title", 24, plain: true));
        foreach (var name in (string[])["submit", "close"])
        {
            if (modal[name] is { } text)
                wrong.AddRange(TextRules.Of(text, name, 24, plain: true));
        }

        wrong.AddRange(TextRules.Length(modal, "private_metadata", "view", 3000));
        wrong.AddRange(TextRules.Length(modal, "callback_id", "view", 255));
        if (modal["submit"] is null && modal["blocks"] is JsonArray all && all.Any(block => block is JsonObject one && Word(one, "type") == "input"))
            wrong.Add("submit: is missing, and there is an input");
        return wrong;
    }

    internal static string? Word(JsonObject at, string name) => at[name] is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;

    private static IEnumerable<string> Blocks(JsonNode? blocks, int most, string[] types)
    {
        if (blocks is not JsonArray { Count: > 0 } all)
        {
            yield return "blocks: is no list with at least one block";
            yield break;
        }

        if (all.Count > most)
            yield return $"blocks: {all.Count}, at most {most}";
        var ids = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < all.Count; i++)
        {
            var at = $"blocks[{i}]";
            if (all[i] is not JsonObject block || Word(block, "type") is not { } type || !types.Contains(type))
            {
                yield return $"{at}: its type is none of {string.Join(", ", types)}";
                continue;
            }

            if (Word(block, "block_id") is { } id && (id.Length is 0 or > 255 || !ids.Add(id)))
                yield return $"{at}.block_id: is empty, over 255 characters, or there twice";
            foreach (var problem in Block(block, type, at))
                yield return problem;
        }
    }

    private static IEnumerable<string> Block(JsonObject block, string type, string at) => type switch
    {
        "section" => Section(block, at),
        "header" => TextRules.Of(block["text"], $"{at}.text", HeaderCharacters, plain: true),
        "context" => Elements(block, at, 10, Context),
        "actions" => Elements(block, at, 25, ElementRules.Of).Concat(ElementRules.SameIds(block, at)),
        "image" => Image(block, at),
        "input" => Input(block, at),
        _ => [],
    };

    private static IEnumerable<string> Section(JsonObject block, string at)
    {
        if (block["text"] is null && block["fields"] is null)
            yield return $"{at}: has neither text nor fields";
        if (block["text"] is { } text)
        {
            foreach (var problem in TextRules.Of(text, $"{at}.text", TextCharacters))
                yield return problem;
        }

        if (block["fields"] is { } fields)
        {
            if (fields is not JsonArray { Count: >= 1 and <= Fields } all)
            {
                yield return $"{at}.fields: 1 to {Fields} are taken";
                yield break;
            }

            foreach (var problem in all.SelectMany((field, i) => TextRules.Of(field, $"{at}.fields[{i}]", FieldCharacters)))
                yield return problem;
        }

        if (block["accessory"] is JsonObject accessory)
        {
            foreach (var problem in ElementRules.Of(accessory, $"{at}.accessory"))
                yield return problem;
        }
    }

    private static IEnumerable<string> Elements(JsonObject block, string at, int most, Func<JsonObject, string, IEnumerable<string>> rule) =>
        block["elements"] is not JsonArray all || all.Count == 0 || all.Count > most
            ? [$"{at}.elements: 1 to {most} are taken"]
            : all.SelectMany((element, i) => element is JsonObject one ? rule(one, $"{at}.elements[{i}]") : [$"{at}.elements[{i}]: is no object"]);

    private static IEnumerable<string> Context(JsonObject element, string at) =>
        Word(element, "type") == "image" ? Picture(element, at) : TextRules.Of(element, at, TextCharacters);

    private static IEnumerable<string> Image(JsonObject block, string at) => block["title"] is { } title
        ? Picture(block, at).Concat(TextRules.Of(title, $"{at}.title", 2000, plain: true))
        : Picture(block, at);

    private static IEnumerable<string> Picture(JsonObject image, string at)
    {
        if (Word(image, "alt_text") is not { Length: >= 1 and <= 2000 })
            yield return $"{at}.alt_text: 1 to 2000 characters";
        var file = image["slack_file"] is JsonObject own && (Word(own, "id") ?? Word(own, "url")) is { Length: > 0 };
        if (file == (Word(image, "image_url") is { Length: >= 1 and <= 3000 }))
            yield return $"{at}: has neither or both of image_url (at most 3000 characters) and slack_file";
    }

    private static IEnumerable<string> Input(JsonObject block, string at)
    {
        var problems = TextRules.Of(block["label"], $"{at}.label", 2000, plain: true);
        if (block["hint"] is { } hint)
            problems = problems.Concat(TextRules.Of(hint, $"{at}.hint", 2000, plain: true));
        return block["element"] is JsonObject element
            ? problems.Concat(ElementRules.Of(element, $"{at}.element"))
            : problems.Append($"{at}.element: is missing");
    }
}
