using System.Globalization;
using System.Text.Json.Nodes;
using OpsBot.Chat.Slack.Blocks;
using static OpsBot.IntegrationTests.Slack.Simulator.SimulatorWebApi;

namespace OpsBot.IntegrationTests.Slack.Simulator;

/// <summary>What each method does, and which error it gives.</summary>
internal sealed class SimulatorMethods(SlackSimulator simulator)
{
    private readonly SlackWorkspace _workspace = simulator.Workspace;
    private readonly SimulatorFiles _files = new(simulator);

    public JsonObject Answer(string method, JsonObject args) => method switch
    {
        "api.test" => Ok(),
        "auth.test" => Ok(("url", "https://sim.slack.com/"), ("team", "Sim"), ("team_id", SlackWorkspace.Team), ("user", "opsbot"), ("user_id", SlackWorkspace.Bot), ("bot_id", SlackWorkspace.BotId)),
        "apps.connections.open" => Ok(("url", simulator.Sockets.NewAddress(simulator.Url))),
        "chat.postMessage" => Post(args, onlyFor: null),
        "chat.postEphemeral" => args["user"] is null ? Error("user_not_in_channel") : Post(args, (string)args["user"]!),
        "chat.update" => Update(args),
        "conversations.history" => History(args, _ => true, threads: false),
        "conversations.replies" => Replies(args),
        "conversations.info" => _workspace.Channels.Contains((string?)args["channel"] ?? "") ? Ok(("channel", new JsonObject { ["id"] = (string)args["channel"]!, ["is_member"] = true })) : Error("channel_not_found"),
        "users.info" => User((string?)args["user"]),
        "views.open" => OpenView(args),
        "files.getUploadURLExternal" => _files.Begin(args),
        "files.completeUploadExternal" => _files.Complete(args),
        _ => Error("unknown_method"),
    };

    public string? Uploaded(string id, byte[] bytes) => _files.Uploaded(id, bytes);

    public JsonObject Respond(string channel, string user, JsonObject args) =>
        Post(new JsonObject(args.Select(pair => KeyValuePair.Create(pair.Key, pair.Value?.DeepClone()))) { ["channel"] = channel }, (string?)args["response_type"] == "in_channel" ? null : user);

    public static JsonObject Ok(params (string Name, JsonNode? Value)[] more)
    {
        var answer = new JsonObject { ["ok"] = true };
        foreach (var (name, value) in more)
            answer[name] = value;
        return answer;
    }

    private JsonObject Post(JsonObject args, string? onlyFor)
    {
        var channel = (string?)args["channel"] ?? "";
        // a user's id is taken for the conversation with them
        if (channel == SlackWorkspace.Anna)
            channel = SlackWorkspace.Direct;
        if (Refusal(args, channel) is { } refused)
            return refused;
        var now = TimeProvider.System.GetUtcNow();
        if (onlyFor is null && _workspace.TooFast(channel, now) is { } wait)
            return new JsonObject { ["retry_after"] = wait };
        var ts = _workspace.NextTs(now);
        var message = new SlackMessage(channel, ts, (string?)args["text"] ?? "")
        {
            ThreadTs = (string?)args["thread_ts"],
            Blocks = args["blocks"]?.DeepClone() as JsonArray,
            Metadata = args["metadata"]?.DeepClone() as JsonObject,
            OnlyFor = onlyFor,
        };
        _workspace.Add(message);
        return onlyFor is null ? Ok(("channel", channel), ("ts", ts), ("message", Shape(message, metadata: false))) : Ok(("message_ts", ts));
    }

    private JsonObject Update(JsonObject args)
    {
        var channel = (string?)args["channel"] ?? "";
        if (Refusal(args, channel) is { } refused)
            return refused;
        if (simulator.Limits.TooManyEdits(TimeProvider.System.GetUtcNow()) is { } wait)
            return new JsonObject { ["retry_after"] = wait };
        var changed = _workspace.Replace(channel, (string?)args["ts"] ?? "", old => old with
        {
            Text = (string?)args["text"] ?? old.Text,
            Blocks = args["blocks"]?.DeepClone() as JsonArray ?? old.Blocks,
            Metadata = args["metadata"]?.DeepClone() as JsonObject ?? old.Metadata,
            Edits = old.Edits + 1,
        });
        return changed ? Ok(("channel", channel), ("ts", (string)args["ts"]!), ("text", (string?)args["text"] ?? "")) : Error("message_not_found");
    }

    private JsonObject? Refusal(JsonObject args, string channel)
    {
        if (_workspace.NotIn.Contains(channel))
            return Error("not_in_channel");
        if (!_workspace.Channels.Contains(channel))
            return Error("channel_not_found");
        if (string.IsNullOrEmpty((string?)args["text"]) && args["blocks"] is null)
            return Error("no_text");
        if (((string?)args["text"] ?? "").Length > BlockRules.MessageText)
            return Error("msg_too_long");
        if (args["blocks"] is { } blocks && BlockRules.OfMessage(blocks) is { Count: > 0 } wrong)
            return Error(blocks is JsonArray ? "invalid_blocks" : "invalid_blocks_format", [.. wrong]);
        if (args["blocks"] is JsonArray all && all.OfType<JsonObject>().Any(block => block["slack_file"] is JsonObject file && !_workspace.Files.ContainsKey((string?)file["id"] ?? "")))
            return Error("invalid_blocks", "invalid slack file");
        if (args["metadata"] is { } metadata && (metadata is not JsonObject own || own["event_type"] is null || own["event_payload"] is not JsonObject))
            return Error("invalid_metadata_format");
        return args["metadata"]?.ToJsonString().Length > 16_384 ? Error("metadata_too_large") : null;
    }

    private JsonObject Replies(JsonObject args)
    {
        var ts = (string?)args["ts"] ?? "";
        return _workspace.In((string?)args["channel"] ?? "").Any(message => message.Ts == ts)
            ? History(args, message => message.Ts == ts || message.ThreadTs == ts, threads: true)
            : Error("thread_not_found");
    }

    private JsonObject History(JsonObject args, Func<SlackMessage, bool> which, bool threads)
    {
        var channel = (string?)args["channel"] ?? "";
        if (_workspace.NotIn.Contains(channel))
            return Error("not_in_channel");
        if (!_workspace.Channels.Contains(channel))
            return Error("channel_not_found");
        var oldest = decimal.Parse((string?)args["oldest"] ?? "0", CultureInfo.InvariantCulture);
        var latest = (string?)args["latest"] is { Length: > 0 } until ? decimal.Parse(until, CultureInfo.InvariantCulture) : decimal.MaxValue;
        var limit = int.Parse((string?)args["limit"] ?? "100", CultureInfo.InvariantCulture);
        var from = int.Parse((string?)args["cursor"] is { Length: > 0 } cursor ? cursor["at:".Length..] : "0", CultureInfo.InvariantCulture);
        var all = _workspace.In(channel).Where(message => message.OnlyFor is null && which(message) && (threads || message.ThreadTs is null))
            .Where(message => (decimal.Parse(message.Ts, CultureInfo.InvariantCulture) is var ts && ts > oldest && ts < latest) || (threads && message.Ts == (string?)args["ts"])).ToList();
        if (!threads)
            all.Reverse();
        var metadata = (string?)args["include_all_metadata"] is "true" or "1";
        var page = all.Skip(from).Take(limit).Select(message => (JsonNode)Shape(message, metadata)).ToArray();
        var next = from + page.Length < all.Count ? $"at:{from + page.Length}" : "";
        return Ok(("messages", new JsonArray(page)), ("has_more", next.Length > 0), ("response_metadata", new JsonObject { ["next_cursor"] = next }));
    }

    private static JsonObject Shape(SlackMessage message, bool metadata)
    {
        var shape = new JsonObject
        {
            ["type"] = "message",
            ["user"] = SlackWorkspace.Bot,
            ["bot_id"] = SlackWorkspace.BotId,
            ["app_id"] = SlackWorkspace.AppId,
            ["ts"] = message.Ts,
            ["text"] = message.Text,
            ["files"] = new JsonArray([.. message.Files.Select(file => (JsonNode)new JsonObject { ["id"] = file.Id, ["name"] = file.Name })]),
        };
        if (message.ThreadTs is { } thread)
            shape["thread_ts"] = thread;
        if (metadata && message.Metadata is { } own)
            shape["metadata"] = own.DeepClone();
        return shape;
    }

    private static JsonObject User(string? id) => id switch
    {
        SlackWorkspace.Anna => Ok(("user", new JsonObject
        {
            ["id"] = id,
            ["team_id"] = SlackWorkspace.Team,
            ["name"] = "anna",
            ["is_bot"] = false,
            ["is_email_confirmed"] = true,
            ["profile"] = new JsonObject { ["email"] = "anna@example.com", ["real_name"] = "Anna Berg" },
        })),
        SlackWorkspace.Stranger => Ok(("user", new JsonObject
        {
            ["id"] = id,
            ["team_id"] = "T0ELSEWHERE",
            ["name"] = "anna",
            ["is_stranger"] = true,
            ["is_email_confirmed"] = true,
            ["profile"] = new JsonObject { ["email"] = "anna@example.com", ["real_name"] = "Not Anna" },
        })),
        _ => Error("user_not_found"),
    };

    private JsonObject OpenView(JsonObject args)
    {
        var trigger = (string?)args["trigger_id"] ?? "";
        if (!_workspace.Locked(() => _workspace.Triggers.Remove(trigger)))
            return Error(trigger.StartsWith("trigger", StringComparison.Ordinal) ? "expired_trigger_id" : "invalid_trigger_id");
        if (BlockRules.OfModal(args["view"]) is { Count: > 0 } wrong)
            return Error("invalid_arguments", [.. wrong]);
        var view = (JsonObject)args["view"]!.DeepClone();
        var id = $"V{_workspace.NextTs(TimeProvider.System.GetUtcNow()).Replace(".", "", StringComparison.Ordinal)}";
        (view["id"], view["hash"], view["team_id"]) = (id, $"{id}.hash", SlackWorkspace.Team);
        _workspace.Locked(() => _workspace.Views[id] = view);
        return Ok(("view", view.DeepClone()));
    }
}
