using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using OpsBot.Chat.Slack.Blocks;
using OpsBot.Chat.Slack.Outgoing;
using OpsBot.Chat.Slack.Wire;
using OpsBot.Contracts.Events;
using OpsBot.Contracts.Threads;

namespace OpsBot.Chat.Slack.Incoming;

/// <summary>What a payload of Slack says, in our words.</summary>
internal abstract record SlackSaid
{
    private SlackSaid()
    {
    }

    /// <summary>Somebody spoke, pressed or filled in.</summary>
    public sealed record Chat(ChatReceived Received) : SlackSaid
    {
        /// <summary>What opens a modal, for three seconds; only of a slash command.</summary>
        public string? Trigger { get; init; }
    }

    /// <summary>A program posted in a channel that is watched.</summary>
    public sealed record Alert(string DeliveryKey, AlertReported Reported) : SlackSaid;

    /// <summary>The button that opens a form: nothing is changed by it, and Slack gives three seconds.</summary>
    public sealed record Form(string Trigger, AnswerFormValue Value, ChatPlace Place) : SlackSaid;

    /// <summary>Nothing to do.</summary>
    public sealed record Nothing : SlackSaid;
}

/// <summary>Reads payloads, whatever way they came. What is not as documented is nothing to do; text is text.</summary>
internal sealed class SlackReader(SlackOptions options, TimeProvider clock)
{
    private const int KeyLength = 200, ValueLength = 3_000;

    private static readonly SlackSaid.Nothing Nothing = new();

    /// <param name="bot">Who we are, so that we do not listen to ourselves.</param>
    public SlackSaid Event(JsonElement body, SlackSelf bot)
    {
        var said = body.Part("event");
        if (body.Word("type") != "event_callback" || body.Word("event_id") is not { Length: > 0 } id || said.Word("channel") is not { Length: > 0 } channel)
            return Nothing;
        bot = bot.Or(body);
        var isBot = said.Word("bot_id") is not null || said.Word("subtype") == "bot_message";
        if (bot.Is(said.Word("user"), said.Word("bot_id"), said.Word("app_id")))
            return Nothing;
        var key = Key(id);
        switch (said.Word("type"))
        {
            case "app_mention" when !isBot && said.Word("user") is { } user:
                return Spoken(key, ChatWay.Mention, user, channel, said.Word("thread_ts") ?? said.Word("ts"), said, body, bot.UserId);
            case "message" when said.Word("channel_type") == "im" && !isBot && said.Word("subtype") is null && said.Word("user") is { } user:
                return Spoken(key, ChatWay.Direct, user, channel, said.Word("thread_ts"), said, body, bot.UserId);
            case "message" when isBot && options.AlertChannels.Contains(channel) && said.Word("subtype") is null or "bot_message" && said.Word("thread_ts") is null:
                return AlertPosts.Of(said, channel, clock.GetUtcNow()) is { } alert ? new SlackSaid.Alert(key, alert) : Nothing;
            default:
                return Nothing;
        }
    }

    /// <summary>The fields of a slash command by name.</summary>
    public SlackSaid Command(Func<string, string?> field)
    {
        return Of("command") is not null && Of("user_id") is { } user && Of("channel_id") is { } channel && Of("trigger_id") is { } trigger
            ? new SlackSaid.Chat(new ChatReceived(
                SlackSurface.Surface, Hash("command", trigger), ChatWay.Command, new ChatSpeaker(user, Of("team_id"), Of("user_name")), new ChatPlace(SlackSurface.Surface, channel),
                SlackWords.Plain(field("text"), bot: null), Choice: null, Of("response_url"), clock.GetUtcNow()))
            {
                Trigger = trigger,
            }
            : Nothing;

        string? Of(string name) => field(name) is { Length: > 0 } value ? SlackWords.Printable(value) : null;
    }

    public SlackSaid Interaction(JsonElement body) => body.Word("type") switch
    {
        "block_actions" => Pressed(body),
        "view_submission" => Submitted(body),
        _ => Nothing,
    };

    private SlackSaid.Chat Spoken(string id, ChatWay way, string user, string channel, string? thread, JsonElement said, JsonElement body, string? bot) => new(new ChatReceived(
        SlackSurface.Surface, id, way, new ChatSpeaker(user, said.Word("user_team") ?? said.Word("team") ?? body.Word("team_id")), new ChatPlace(SlackSurface.Surface, channel, thread),
        SlackWords.Plain(said.Word("text"), bot), Choice: null, ReplyHandle: null, Time(said.Word("ts"))));

    private SlackSaid Pressed(JsonElement body)
    {
        var container = body.Part("container");
        var channel = body.Part("channel").Word("id") ?? container.Word("channel_id");
        if (Speaker(body) is not { } speaker || channel is null || body.Items("actions").FirstOrDefault() is not { ValueKind: JsonValueKind.Object } action)
            return Nothing;
        var thread = body.Part("message").Word("thread_ts") ?? container.Word("thread_ts") ?? (container.Is("is_ephemeral") ? null : container.Word("message_ts"));
        var place = new ChatPlace(SlackSurface.Surface, channel, thread);
        var (name, value) = (action.Word("action_id"), action.Word("value"));
        if (name == FormView.Open)
            return body.Word("trigger_id") is { } trigger && AnswerFormValue.Read(value) is { } form ? new SlackSaid.Form(trigger, form, place) : Nothing;
        var decision = name switch { DecisionBlocks.Approve => "approve", DecisionBlocks.Refuse => "refuse", _ => null };
        if (decision is null || DecisionBlocks.Read(value) is not var (proposal, version) || action.Word("action_ts") is not { Length: > 0 } at)
            return Nothing;
        // Slack names a press by nothing but its time: with who, what and where it is the same however often it is delivered
        var id = Hash("action", $"{at}/{speaker.UserId}/{channel}/{container.Word("message_ts")}/{name}/{value}");
        return new SlackSaid.Chat(new ChatReceived(
            SlackSurface.Surface, id, ChatWay.Button, speaker, place, SlackWords.Plain(action.Part("text").Word("text"), bot: null),
            new ChatChoice(decision, proposal, version, new Dictionary<string, string>()), body.Word("response_url"), Time(at)));
    }

    private SlackSaid Submitted(JsonElement body)
    {
        var view = body.Part("view");
        if (Speaker(body) is not { } speaker || view.Word("callback_id") != FormView.Callback || view.Word("id") is not { Length: > 0 } id || FormView.Origin(view.Word("private_metadata")) is not { } origin)
            return Nothing;
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        if (view.Part("state").Part("values") is { ValueKind: JsonValueKind.Object } fields)
        {
            foreach (var field in fields.EnumerateObject().Take(50))
            {
                var input = field.Value.Part(field.Name);
                if ((input.Word("value") ?? input.Part("selected_option").Word("value")) is { Length: <= ValueLength } value)
                    values[SlackWords.Printable(field.Name)] = SlackWords.Printable(value);
            }
        }

        return new SlackSaid.Chat(new ChatReceived(
            SlackSurface.Surface, Hash("form", $"{id}/{view.Word("hash")}/{speaker.UserId}"), ChatWay.Form, speaker, new ChatPlace(SlackSurface.Surface, origin.Channel, origin.Thread),
            origin.Command, new ChatChoice("run", 0, 0, values), ReplyHandle: null, clock.GetUtcNow()));
    }

    private static ChatSpeaker? Speaker(JsonElement body)
    {
        var user = body.Part("user");
        return user.Word("id") is { Length: > 0 } id ? new ChatSpeaker(id, user.Word("team_id") ?? body.Part("team").Word("id"), user.Word("username") ?? user.Word("name")) : null;
    }

    private DateTimeOffset Time(string? ts) =>
        decimal.TryParse(ts, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds) && seconds is > 1_000_000_000 and < 100_000_000_000
            ? DateTimeOffset.FromUnixTimeMilliseconds((long)(seconds * 1000))
            : clock.GetUtcNow();

    private static string Key(string id) => id.Length <= KeyLength && !id.Any(char.IsControl) ? id : Hash("event", id);

    private static string Hash(string what, string text) => $"{what}/{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))}";
}

/// <summary>Who we are on Slack, as <c>auth.test</c> says.</summary>
internal sealed record SlackSelf(string? UserId, string? BotId, string? AppId)
{
    public static SlackSelf Unknown { get; } = new(null, null, null);

    /// <summary>
    /// With what an event itself says of the app that it is sent to: while <c>auth.test</c> is not answered, a card of ours in a watched channel would be an alert,
    /// whose card would be the next.
    /// </summary>
    public SlackSelf Or(JsonElement body) => new(
        UserId ?? body.Items("authorizations").FirstOrDefault(each => each.Is("is_bot")).Word("user_id"), BotId, AppId ?? body.Word("api_app_id"));

    public bool Is(string? user, string? bot, string? app) =>
        (user is not null && user == UserId) || (bot is not null && bot == BotId) || (app is not null && app == AppId);
}
