using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using OpsBot.Chat.Cards;
using OpsBot.Chat.Teams.Wire;
using OpsBot.Contracts.Events;
using OpsBot.Contracts.Threads;

namespace OpsBot.Chat.Teams.Incoming;

/// <summary>What an activity means to us. Pure.</summary>
internal static class ActivityReading
{
    public const string Surface = "teams";

    private const int LongestId = 500;
    private const int LongestKey = 250;
    private const string RootMark = ";messageid=";

    /// <summary>What was said or pressed; null where nobody spoke to the bot.</summary>
    /// <exception cref="UnreadableActivityException">It should say something, and a member that is needed is missing or wrong.</exception>
    public static ChatReceived? Read(Activity activity, DateTimeOffset now)
    {
        if (activity.Type is not ("message" or "invoke")) return null;
        Need(activity.Id, "id");
        Need(activity.Conversation?.Id, "conversation.id");
        Need(activity.From?.Id, "from.id");
        var speaker = Speaker(activity);
        if (speaker.IsBot || activity.From!.Id == activity.Recipient?.Id) return null;
        if (What(activity) is not var (way, choice, text)) return null;
        return new ChatReceived(
            Surface, KeyOf(activity), way, speaker, PlaceOf(activity), text, choice, ReplyHandle.Of(activity).Write(), activity.Timestamp ?? now);
    }

    /// <summary>Names the activity for ever: its id is unique in its conversation only.</summary>
    public static string KeyOf(Activity activity)
    {
        var key = $"{activity.Conversation?.Id}/{activity.Id}";
        return key.Length <= LongestKey && !key.Any(char.IsControl) ? key : Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)));
    }

    /// <summary>The value of the button that was pressed: of an invoke it lies a level deeper than of a message.</summary>
    public static JsonElement? DataOf(Activity activity)
    {
        if (activity.Type != "invoke") return activity.Value;
        return activity.Value is { ValueKind: JsonValueKind.Object } value && value.TryGetProperty("action", out var action)
            && action.ValueKind == JsonValueKind.Object && action.TryGetProperty("data", out var data)
                ? data
                : null;
    }

    private static (ChatWay Way, ChatChoice? Choice, string Text)? What(Activity activity)
    {
        if (activity.Type == "invoke" || activity.Value is { ValueKind: JsonValueKind.Object })
            return CardChoice.Read(DataOf(activity)) is var (way, choice, label) ? (way, choice, label) : null;
        var text = SpokenText.Of(activity);
        if (IsPersonal(activity)) return (ChatWay.Direct, null, text);
        return SpokenText.MentionsBot(activity) ? (ChatWay.Mention, null, text) : null;
    }

    private static ChatSpeaker Speaker(Activity activity)
    {
        var from = activity.From!;
        // the object id is what administrators know and configuration names; Teams' own differs from bot to bot
        var id = string.IsNullOrWhiteSpace(from.AadObjectId) ? from.Id! : from.AadObjectId.ToLowerInvariant();
        Need(id, "from.aadObjectId");
        return new ChatSpeaker(
            id, ActivityCheck.TenantOf(activity), PlainText.Line(from.Name, 100).Value is { Length: > 0 } name ? name : null, Email: null,
            from.Role == "bot" || from.Id!.StartsWith("28:", StringComparison.Ordinal));
    }

    private static ChatPlace PlaceOf(Activity activity)
    {
        var conversation = activity.Conversation!.Id!;
        var mark = conversation.IndexOf(RootMark, StringComparison.Ordinal);
        return mark < 0
            ? new ChatPlace(Surface, conversation)
            : new ChatPlace(Surface, conversation[..mark], conversation[(mark + RootMark.Length)..] is { Length: > 0 } root ? root : null);
    }

    private static bool IsPersonal(Activity activity) => activity.Conversation!.ConversationType == "personal";

    private static void Need(string? text, string field)
    {
        if (string.IsNullOrWhiteSpace(text)) throw new UnreadableActivityException(field, "it is missing");
        if (text.Length > LongestId) throw new UnreadableActivityException(field, $"it has {text.Length} characters; at most {LongestId} are read");
        if (text.Any(char.IsControl)) throw new UnreadableActivityException(field, "it holds control characters");
    }
}

/// <summary>An activity of Teams that we cannot read.</summary>
/// <param name="field">Path of the member that was wrong.</param>
internal sealed class UnreadableActivityException(string field, string reason) : Exception($"{field}: {reason}")
{
    public string Field { get; } = field;

    public string Reason { get; } = reason;
}
