using System.Text.Json.Nodes;

namespace OpsBot.Tests.Chat.Teams;

/// <summary>Activities as Teams sends them.</summary>
internal static class SomeActivity
{
    public const string Channel = "19:ops@thread.tacv2";
    public const string Root = "1700000000001";
    public const string Ada = "0f8fad5b-d9cb-469f-a165-70867728950e";

    /// <summary>Somebody writes to the bot in a thread of a channel.</summary>
    public static JsonObject Mention(string words = "status", string id = "1700000000007") => Message($"<at>OpsBot</at>&nbsp;{words}", id).With("entities", new JsonArray(Bot()));

    public static JsonObject Message(string text, string id = "1700000000007") => new()
    {
        ["type"] = "message",
        ["id"] = id,
        ["timestamp"] = "2026-11-22T03:14:00Z",
        ["serviceUrl"] = TeamsSide.ServiceUrl,
        ["channelId"] = "msteams",
        ["from"] = new JsonObject { ["id"] = "29:ada-of-this-bot", ["name"] = "Ada Okafor", ["aadObjectId"] = Ada },
        ["recipient"] = new JsonObject { ["id"] = $"28:{TeamsSide.AppId}", ["name"] = "OpsBot" },
        ["conversation"] = new JsonObject { ["id"] = $"{Channel};messageid={Root}", ["conversationType"] = "channel", ["tenantId"] = TeamsSide.Tenant, ["isGroup"] = true },
        ["channelData"] = new JsonObject
        {
            ["tenant"] = new JsonObject { ["id"] = TeamsSide.Tenant },
            ["channel"] = new JsonObject { ["id"] = Channel },
            ["team"] = new JsonObject { ["id"] = "19:team@thread.tacv2" },
        },
        ["text"] = text,
        ["textFormat"] = "plain",
    };

    /// <summary>Somebody presses a button: Action.Execute.</summary>
    public static JsonObject Press(string decision = "approve", int proposal = 7, int version = 2, string? reason = null)
    {
        var data = new JsonObject { ["opsbot"] = "decide", ["decision"] = decision, ["proposal"] = proposal, ["version"] = version };
        if (reason is not null) data["in.reason"] = reason;
        return Invoke(data);
    }

    public static JsonObject Invoke(JsonObject data)
    {
        var invoke = Message("", "f:6b1a0c0e");
        invoke.Remove("text");
        invoke["type"] = "invoke";
        invoke["name"] = "adaptiveCard/action";
        invoke["replyToId"] = Root;
        invoke["value"] = new JsonObject
        {
            ["action"] = new JsonObject { ["type"] = "Action.Execute", ["id"] = "x", ["verb"] = "approve", ["data"] = data },
            ["trigger"] = "manual",
        };
        return invoke;
    }

    /// <summary>A chat with the bot alone.</summary>
    public static JsonObject Direct(string words) => Message(words)
        .With("conversation", new JsonObject { ["id"] = "a:1chat", ["conversationType"] = "personal", ["tenantId"] = TeamsSide.Tenant });

    public static JsonObject Bot() => MentionOf($"28:{TeamsSide.AppId}", "OpsBot");

    public static JsonObject MentionOf(string id, string name) => new()
    {
        ["type"] = "mention",
        ["text"] = $"<at>{name}</at>",
        ["mentioned"] = new JsonObject { ["id"] = id, ["name"] = name },
    };

    public static JsonObject With(this JsonObject activity, string name, JsonNode? value)
    {
        activity[name] = value;
        return activity;
    }
}
