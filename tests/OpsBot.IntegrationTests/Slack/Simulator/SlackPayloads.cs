using System.Globalization;
using System.Text.Json.Nodes;

namespace OpsBot.IntegrationTests.Slack.Simulator;

/// <summary>What Slack sends, in the shapes that its documentation shows.</summary>
internal static class SlackPayloads
{
    private static int _number;

    public static JsonObject Mention(string text, string channel = SlackWorkspace.Channel, string user = SlackWorkspace.Anna, string? thread = null) =>
        Event(With(new JsonObject { ["type"] = "app_mention", ["user"] = user, ["team"] = SlackWorkspace.Team, ["text"] = $"<@{SlackWorkspace.Bot}> {text}", ["channel"] = channel }, thread));

    public static JsonObject Direct(string text, string user = SlackWorkspace.Anna) =>
        Event(With(new JsonObject { ["type"] = "message", ["channel_type"] = "im", ["user"] = user, ["team"] = SlackWorkspace.Team, ["text"] = text, ["channel"] = SlackWorkspace.Direct }, null));

    /// <summary>What another program posted in a channel.</summary>
    public static JsonObject BotPost(string text, string channel = SlackWorkspace.Alerts, JsonArray? attachments = null, string bot = "B0OTHER") => Event(With(
        new JsonObject
        {
            ["type"] = "message",
            ["subtype"] = "bot_message",
            ["channel_type"] = "channel",
            ["bot_id"] = bot,
            ["username"] = "Grafana",
            ["text"] = text,
            ["channel"] = channel,
            ["attachments"] = attachments,
        },
        null));

    public static JsonObject Pressed(string actionId, string value, string channel = SlackWorkspace.Channel, string message = "1700000000.000100", string user = SlackWorkspace.Anna, Uri? server = null, string? trigger = null) => new()
    {
        ["type"] = "block_actions",
        ["user"] = new JsonObject { ["id"] = user, ["username"] = "anna", ["name"] = "anna", ["team_id"] = SlackWorkspace.Team },
        ["api_app_id"] = SlackWorkspace.AppId,
        ["token"] = "verification",
        ["container"] = new JsonObject { ["type"] = "message", ["message_ts"] = message, ["channel_id"] = channel, ["is_ephemeral"] = false },
        ["trigger_id"] = trigger ?? Trigger(),
        ["team"] = new JsonObject { ["id"] = SlackWorkspace.Team, ["domain"] = "sim" },
        ["channel"] = new JsonObject { ["id"] = channel, ["name"] = "ops" },
        ["message"] = new JsonObject { ["type"] = "message", ["ts"] = message, ["text"] = "card" },
        ["response_url"] = Respond(server, channel, user),
        ["actions"] = new JsonArray(new JsonObject
        {
            ["type"] = "button",
            ["action_id"] = actionId,
            ["block_id"] = "decide",
            ["text"] = new JsonObject { ["type"] = "plain_text", ["text"] = "Approve" },
            ["value"] = value,
            ["action_ts"] = Ts(),
        }),
    };

    public static JsonObject Submitted(JsonObject view, IReadOnlyDictionary<string, string> values, string user = SlackWorkspace.Anna)
    {
        var sent = (JsonObject)view.DeepClone();
        var state = new JsonObject();
        foreach (var (field, value) in values)
            state[field] = new JsonObject { [field] = new JsonObject { ["type"] = "plain_text_input", ["value"] = value } };
        sent["state"] = new JsonObject { ["values"] = state };
        return new JsonObject
        {
            ["type"] = "view_submission",
            ["team"] = new JsonObject { ["id"] = SlackWorkspace.Team },
            ["user"] = new JsonObject { ["id"] = user, ["name"] = "anna", ["team_id"] = SlackWorkspace.Team },
            ["api_app_id"] = SlackWorkspace.AppId,
            ["token"] = "verification",
            ["trigger_id"] = Trigger(),
            ["view"] = sent,
            ["response_urls"] = new JsonArray(),
        };
    }

    public static JsonObject Slash(string text, string channel = SlackWorkspace.Channel, string user = SlackWorkspace.Anna, Uri? server = null, string? trigger = null) => new()
    {
        ["token"] = "verification",
        ["team_id"] = SlackWorkspace.Team,
        ["team_domain"] = "sim",
        ["channel_id"] = channel,
        ["channel_name"] = "ops",
        ["user_id"] = user,
        ["user_name"] = "anna",
        ["command"] = "/ops",
        ["text"] = text,
        ["api_app_id"] = SlackWorkspace.AppId,
        ["is_enterprise_install"] = "false",
        ["response_url"] = Respond(server, channel, user),
        ["trigger_id"] = trigger ?? Trigger(),
    };

    public static string Trigger() => string.Create(CultureInfo.InvariantCulture, $"trigger.{Interlocked.Increment(ref _number)}.{Guid.NewGuid():N}");

    public static string Ts() => string.Create(CultureInfo.InvariantCulture, $"{TimeProvider.System.GetUtcNow().ToUnixTimeSeconds()}.{Interlocked.Increment(ref _number):000000}");

    private static string Respond(Uri? server, string channel, string user) => server is null ? "https://hooks.slack.com/actions/T0SIM/1/x" : new Uri(server, $"respond/{channel}/{user}").ToString();

    private static JsonObject With(JsonObject said, string? thread)
    {
        (said["ts"], said["event_ts"]) = (Ts(), Ts());
        if (thread is not null)
            said["thread_ts"] = thread;
        return said;
    }

    private static JsonObject Event(JsonObject said) => new()
    {
        ["token"] = "verification",
        ["team_id"] = SlackWorkspace.Team,
        ["api_app_id"] = SlackWorkspace.AppId,
        ["type"] = "event_callback",
        ["event"] = said,
        ["event_id"] = string.Create(CultureInfo.InvariantCulture, $"Ev{Interlocked.Increment(ref _number):00000000}{Guid.NewGuid():N}"),
        ["event_time"] = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds(),
        ["authorizations"] = new JsonArray(new JsonObject { ["team_id"] = SlackWorkspace.Team, ["user_id"] = SlackWorkspace.Bot, ["is_bot"] = true }),
    };
}
