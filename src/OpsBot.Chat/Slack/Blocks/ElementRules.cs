using System.Text.Json.Nodes;

namespace OpsBot.Chat.Slack.Blocks;

/// <summary>What Slack takes of the elements that people press and fill in.</summary>
internal static class ElementRules
{
    private const int Options = 100;

    public static IEnumerable<string> Of(JsonObject element, string at) => TextRules.Length(element, "action_id", at, 255).Concat(BlockRules.Word(element, "type") switch
    {
        "button" => Button(element, at),
        "plain_text_input" => Input(element, at),
        "static_select" => Select(element, at),
        "image" or "overflow" or "users_select" or "conversations_select" or "channels_select" or "datepicker" or "checkboxes" or "radio_buttons" or "number_input" => [],
        _ => [$"{at}: is no element that is known"],
    });

    /// <summary>An action id names one element of a block.</summary>
    public static IEnumerable<string> SameIds(JsonObject block, string at) =>
        (block["elements"] as JsonArray ?? []).OfType<JsonObject>().Select(element => BlockRules.Word(element, "action_id")).OfType<string>()
            .GroupBy(id => id, StringComparer.Ordinal).Where(same => same.Count() > 1).Select(same => $"{at}: the action_id {same.Key} is there twice");

    private static IEnumerable<string> Button(JsonObject button, string at)
    {
        foreach (var problem in TextRules.Of(button["text"], $"{at}.text", BlockRules.ButtonText, plain: true)
            .Concat(TextRules.Length(button, "value", at, BlockRules.ButtonValue)).Concat(TextRules.Length(button, "url", at, 3000)))
            yield return problem;
        if (button["style"] is not null && BlockRules.Word(button, "style") is not ("primary" or "danger"))
            yield return $"{at}.style: is neither primary nor danger";
        if (button["confirm"] is not { } confirm)
            yield break;
        if (confirm is not JsonObject asked)
        {
            yield return $"{at}.confirm: is no object";
            yield break;
        }

        foreach (var problem in TextRules.Of(asked["title"], $"{at}.confirm.title", 100, plain: true)
            .Concat(TextRules.Of(asked["text"], $"{at}.confirm.text", 300)).Concat(TextRules.Of(asked["confirm"], $"{at}.confirm.confirm", 30, plain: true))
            .Concat(TextRules.Of(asked["deny"], $"{at}.confirm.deny", 30, plain: true)))
            yield return problem;
    }

    private static IEnumerable<string> Input(JsonObject input, string at)
    {
        if (BlockRules.Word(input, "action_id") is not { Length: > 0 })
            yield return $"{at}.action_id: is missing";
        foreach (var problem in TextRules.Length(input, "initial_value", at, 3000))
            yield return problem;
        if (input["placeholder"] is { } placeholder)
        {
            foreach (var problem in TextRules.Of(placeholder, $"{at}.placeholder", 150, plain: true))
                yield return problem;
        }
    }

    private static IEnumerable<string> Select(JsonObject select, string at)
    {
        if (select["options"] is not JsonArray all || all.Count == 0 || all.Count > Options)
        {
            yield return $"{at}.options: 1 to {Options} are taken";
            yield break;
        }

        foreach (var (option, i) in all.Select((option, i) => (option, i)))
        {
            if (option is not JsonObject one || BlockRules.Word(one, "value") is not { Length: >= 1 and <= 150 })
                yield return $"{at}.options[{i}].value: 1 to 150 characters";
            else
            {
                foreach (var problem in TextRules.Of(one["text"], $"{at}.options[{i}].text", 75, plain: true))
                    yield return problem;
            }
        }

        if (select["initial_option"] is { } initial && !all.Any(option => JsonNode.DeepEquals(option, initial)))
            yield return $"{at}.initial_option: is none of the options";
    }
}
