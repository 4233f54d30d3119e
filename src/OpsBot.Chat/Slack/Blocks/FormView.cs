using System.Text.Json;
using System.Text.Json.Nodes;
using OpsBot.Chat.Threads;
using OpsBot.Contracts.Threads;

namespace OpsBot.Chat.Slack.Blocks;

/// <summary>A form as a button's value holds it, so that the modal can be opened at once when the button is pressed: Slack gives three seconds.</summary>
internal sealed record AnswerFormValue(string Title, string Command, IReadOnlyList<FormField> Fields)
{
    public static AnswerFormValue Of(AnswerForm form) => new(
        form.Title.Value, form.Command, [.. form.Fields.Select(field => new FormField(field.Name, field.Help.Value, field.Required, field.Value, field.Choices))]);

    /// <summary>As JSON within what a button may carry, without the explanations where they are too long; null where even that is.</summary>
    public string? Written()
    {
        var whole = JsonSerializer.Serialize(this);
        if (whole.Length <= BlockRules.ButtonValue)
            return whole;
        var bare = JsonSerializer.Serialize(this with { Fields = [.. Fields.Select(field => field with { Help = "" })] });
        return bare.Length <= BlockRules.ButtonValue ? bare : null;
    }

    public static AnswerFormValue? Read(string? text)
    {
        try
        {
            return text is null ? null : JsonSerializer.Deserialize<AnswerFormValue>(text) is { Command: not null, Title: not null, Fields: { Count: > 0 and <= 50 } fields } form && fields.All(field => field is { Name.Length: > 0 }) ? form : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

internal sealed record FormField(string Name, string Help, bool Required, string? Value, IReadOnlyList<string>? Choices);

/// <summary>The modal in which the arguments of an action are filled in, and what comes back of it.</summary>
internal static class FormView
{
    public const string Open = "opsbot.form", Callback = "opsbot.form";

    private const int MostChoices = 100, ChoiceText = 75;

    public static JsonObject Of(AnswerFormValue form, ChatPlace place)
    {
        var blocks = new List<JsonNode> { SlackText.Section(SlackText.Fit(form.Command, 500)) };
        blocks.AddRange(form.Fields.Select(Input));
        return new JsonObject
        {
            ["type"] = "modal",
            ["callback_id"] = Callback,
            ["title"] = SlackText.Plain(form.Title, 24),
            ["submit"] = SlackText.Plain("Go on", 24),
            ["close"] = SlackText.Plain("Cancel", 24),
            ["private_metadata"] = JsonSerializer.Serialize(new FormOrigin(form.Command, place.Channel, place.Thread)),
            ["blocks"] = new JsonArray([.. blocks]),
        };
    }

    public static FormOrigin? Origin(string? metadata)
    {
        try
        {
            return metadata is null ? null : JsonSerializer.Deserialize<FormOrigin>(metadata) is { Command: not null, Channel: not null } origin ? origin : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static JsonObject Input(FormField field)
    {
        var block = new JsonObject
        {
            ["type"] = "input",
            ["block_id"] = field.Name,
            ["optional"] = !field.Required,
            ["label"] = SlackText.Plain(field.Name, 200),
            ["element"] = field.Choices is { Count: > 0 and <= MostChoices } choices && choices.All(choice => choice is { Length: > 0 and <= ChoiceText } && SlackText.Escape(choice).Length <= ChoiceText)
                ? Select(field, choices)
                : Text(field),
        };
        if (field.Help.Length > 0)
            block["hint"] = SlackText.Plain(field.Help, 500);
        return block;
    }

    private static JsonObject Text(FormField field)
    {
        var element = new JsonObject { ["type"] = "plain_text_input", ["action_id"] = field.Name };
        if (field.Value is { Length: > 0 and <= 3000 } value)
            element["initial_value"] = value;
        return element;
    }

    private static JsonObject Select(FormField field, IReadOnlyList<string> choices)
    {
        var element = new JsonObject { ["type"] = "static_select", ["action_id"] = field.Name, ["options"] = new JsonArray([.. choices.Select(choice => (JsonNode)Option(choice))]) };
        if (field.Value is { } value && choices.Contains(value))
            element["initial_option"] = Option(value);
        return element;
    }

    private static JsonObject Option(string choice) => new() { ["text"] = SlackText.Plain(choice, ChoiceText), ["value"] = choice };
}

/// <summary>Where a form was asked for and what it completes.</summary>
internal sealed record FormOrigin(string Command, string Channel, string? Thread);
