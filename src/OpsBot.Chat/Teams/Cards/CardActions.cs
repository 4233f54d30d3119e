using System.Text.Json.Nodes;
using OpsBot.Chat.Cards;
using OpsBot.Chat.Teams.Incoming;
using OpsBot.Chat.Threads;

namespace OpsBot.Chat.Teams.Cards;

/// <summary>
/// The buttons of cards: Action.Execute, and Action.Submit where a client does not know it. A button carries what it is about and nothing secret;
/// whether somebody may is looked at when they press. Titles are our own words: a client may read them as it likes.
/// </summary>
internal static class CardActions
{
    private const int LongestReason = 300;
    private const int LongestValue = 2_000;

    public static IEnumerable<JsonObject> Of(IEnumerable<ProposedDecision> decisions) => decisions.SelectMany(Of);

    /// <summary>What a card asks with when somebody opens it again.</summary>
    public static JsonObject Refresh(long incident) => new()
    {
        ["action"] = new JsonObject
        {
            ["type"] = "Action.Execute",
            ["title"] = "Refresh",
            ["verb"] = CardChoice.Refresh,
            ["data"] = new JsonObject { [CardChoice.Kind] = CardChoice.Refresh, [CardChoice.Incident] = incident },
        },
    };

    /// <summary>Fields with the button that sends them.</summary>
    public static (IEnumerable<JsonObject> Fields, JsonObject Send) Of(AnswerForm form) =>
        (form.Fields.Select(Field), Execute("send-form", "Run", "run", new JsonObject
        {
            [CardChoice.Kind] = CardChoice.Form,
            [CardChoice.Command] = form.Command,
        }));

    private static IEnumerable<JsonObject> Of(ProposedDecision decision)
    {
        if (decision.CanApprove)
        {
            var approve = Execute($"approve-{decision.ProposalId}-{decision.Version}", $"Approve {decision.Name}", "approve", Data("approve", decision));
            approve["style"] = "positive";
            // the inputs beside it belong to the refusal
            approve["associatedInputs"] = "none";
            yield return approve;
        }

        var refuse = Execute($"refuse-{decision.ProposalId}-{decision.Version}", $"Refuse {decision.Name}", "refuse", Data("refuse", decision));
        refuse["style"] = "destructive";
        yield return new JsonObject
        {
            ["type"] = "Action.ShowCard",
            ["id"] = $"ask-{decision.ProposalId}-{decision.Version}",
            ["title"] = $"Refuse {decision.Name}…",
            ["card"] = new JsonObject
            {
                ["type"] = "AdaptiveCard",
                ["version"] = CardElements.Version,
                ["body"] = new JsonArray(new JsonObject
                {
                    ["type"] = "Input.Text",
                    ["id"] = CardChoice.Input + "reason",
                    ["label"] = "Why (may be left empty)",
                    ["maxLength"] = LongestReason,
                }),
                ["actions"] = new JsonArray(refuse),
            },
        };
    }

    private static JsonObject Data(string decision, ProposedDecision about) => new()
    {
        [CardChoice.Kind] = CardChoice.Decide,
        [CardChoice.Decision] = decision,
        [CardChoice.Proposal] = about.ProposalId,
        [CardChoice.Version] = about.Version,
    };

    private static JsonObject Execute(string id, string title, string verb, JsonObject data) => new()
    {
        ["type"] = "Action.Execute",
        ["id"] = id,
        ["title"] = title,
        ["verb"] = verb,
        ["data"] = data,
        ["fallback"] = new JsonObject { ["type"] = "Action.Submit", ["title"] = title, ["data"] = data.DeepClone() },
    };

    private static JsonObject Field(AnswerField field)
    {
        var label = field.Help.IsEmpty ? field.Name : $"{field.Name}: {field.Help.Value}";
        var input = new JsonObject
        {
            ["type"] = field.Choices.Count > 0 ? "Input.ChoiceSet" : "Input.Text",
            ["id"] = CardChoice.Input + field.Name,
            ["label"] = PlainText.Line(label, 200).Value,
            ["isRequired"] = field.Required,
        };
        if (field.Required) input["errorMessage"] = "This is needed.";
        if (field.Value is { Length: > 0 } value) input["value"] = PlainText.Line(value, LongestValue).Value;
        if (field.Choices.Count == 0)
        {
            input["maxLength"] = LongestValue;
            return input;
        }

        // compact, a list to choose from: the expanded form reads its titles as Markdown
        input["style"] = "compact";
        input["choices"] = new JsonArray([.. field.Choices.Select(choice => new JsonObject
        {
            ["title"] = PlainText.Line(choice, 200).Value,
            ["value"] = PlainText.Line(choice, LongestValue).Value,
        })]);
        return input;
    }
}
