using System.Text.Json;
using OpsBot.Chat.Teams.Wire;

namespace OpsBot.Chat.Teams.Incoming;

/// <summary>Where an answer to somebody goes. No capability: posting there takes a token of ours.</summary>
/// <param name="ServiceUrl">Looked at again before our token is shown there.</param>
/// <param name="Conversation">Where it was asked, the thread included.</param>
/// <param name="User">Teams' own id of who asked (<c>29:…</c>), for a chat with them alone.</param>
/// <param name="Bot">Teams' own id of the bot there.</param>
internal sealed record ReplyHandle(string ServiceUrl, string Conversation, string User, string? Bot, string? Tenant, bool IsPersonal)
{
    private const int Longest = 4_000;

    public static ReplyHandle Of(Activity activity) => new(
        activity.ServiceUrl!, activity.Conversation!.Id!, activity.From!.Id!, activity.Recipient?.Id, ActivityCheck.TenantOf(activity),
        activity.Conversation.ConversationType == "personal");

    public string Write() => JsonSerializer.Serialize(this, WireJson.Options);

    /// <summary>Null where it is none of ours.</summary>
    public static ReplyHandle? Read(string? text)
    {
        if (text is not { Length: > 0 and <= Longest }) return null;
        try
        {
            return JsonSerializer.Deserialize<ReplyHandle>(text, WireJson.Options) is { ServiceUrl.Length: > 0, Conversation.Length: > 0 } handle ? handle : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
