using System.Globalization;
using System.Text.Json.Nodes;
using OpsBot.Chat.Cards;

namespace OpsBot.Chat.Slack.Blocks;

/// <summary>
/// The buttons of a proposal. They carry its id, its version and the decision, and nothing secret: who may decide is checked when they are pressed, by the desk.
/// </summary>
internal static class DecisionBlocks
{
    public const string Approve = "opsbot.approve", Refuse = "opsbot.refuse";

    public static JsonObject Of(ProposedDecision decision)
    {
        var value = string.Create(CultureInfo.InvariantCulture, $"{decision.ProposalId}/{decision.Version}");
        var buttons = new JsonArray();
        if (decision.CanApprove)
            buttons.Add(Button(Approve, $"Approve {decision.Name}", value, "primary", Confirm(decision)));
        buttons.Add(Button(Refuse, $"Refuse {decision.Name}", value, "danger", confirm: null));
        return new JsonObject { ["type"] = "actions", ["block_id"] = $"decide-{value}", ["elements"] = buttons };
    }

    /// <summary>What a button's value says; null for one that is none of ours.</summary>
    public static (long Proposal, int Version)? Read(string? value)
    {
        var parts = (value ?? "").Split('/');
        return parts.Length == 2 && long.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var id) && id > 0
            && int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var version) ? (id, version) : null;
    }

    public static JsonObject Button(string action, string text, string value, string? style, JsonObject? confirm)
    {
        var button = new JsonObject { ["type"] = "button", ["action_id"] = action, ["text"] = SlackText.Plain(text, BlockRules.ButtonText), ["value"] = value };
        if (style is not null)
            button["style"] = style;
        if (confirm is not null)
            button["confirm"] = confirm;
        return button;
    }

    private static JsonObject Confirm(ProposedDecision decision) => new()
    {
        ["title"] = SlackText.Plain($"Approve {decision.Name} v{decision.Version.ToString(CultureInfo.InvariantCulture)}?", 100),
        ["text"] = SlackText.Plain($"{decision.Title.Value}. {decision.Approvers.Value}", 300),
        ["confirm"] = SlackText.Plain("Approve", 30),
        ["deny"] = SlackText.Plain("Back", 30),
    };
}
