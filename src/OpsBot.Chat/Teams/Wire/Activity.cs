using System.Text.Json;
using System.Text.Json.Serialization;

namespace OpsBot.Chat.Teams.Wire;

/// <summary>What the Bot Connector sends and takes, as far as we use it. Every member may be missing: it comes from outside.</summary>
internal sealed record Activity
{
    /// <summary><c>message</c>, <c>invoke</c>, <c>conversationUpdate</c>, <c>installationUpdate</c>, …</summary>
    public string? Type { get; init; }

    public string? Id { get; init; }

    /// <summary>Of an invoke: <c>adaptiveCard/action</c>.</summary>
    public string? Name { get; init; }

    public DateTimeOffset? Timestamp { get; init; }

    public string? ServiceUrl { get; init; }

    /// <summary><c>msteams</c>.</summary>
    public string? ChannelId { get; init; }

    public Account? From { get; init; }

    public Account? Recipient { get; init; }

    public Conversation? Conversation { get; init; }

    public string? ReplyToId { get; init; }

    public string? Text { get; init; }

    public string? Summary { get; init; }

    public IReadOnlyList<Entity>? Entities { get; init; }

    public IReadOnlyList<Attachment>? Attachments { get; init; }

    public JsonElement? Value { get; init; }

    public ChannelData? ChannelData { get; init; }
}

/// <summary>A person or a bot.</summary>
/// <param name="Id">Teams' own: <c>29:…</c> of a person, <c>28:app id</c> of a bot.</param>
/// <param name="AadObjectId">The person's object id in Entra.</param>
/// <param name="Role"><c>user</c>, <c>bot</c>; seldom there.</param>
internal sealed record Account(string? Id = null, string? Name = null, string? AadObjectId = null, string? Role = null);

/// <summary>Somebody of a conversation, as its roster has them.</summary>
/// <param name="ObjectId">What <paramref name="AadObjectId"/> was called before.</param>
/// <param name="TenantId">The person's own tenant.</param>
/// <param name="UserPrincipalName">How they sign in; with <c>#EXT#</c> in it of a guest.</param>
/// <param name="UserRole"><c>user</c>, <c>guest</c>, <c>anonymous</c>.</param>
internal sealed record Member(
    string? Id = null, string? AadObjectId = null, string? ObjectId = null, string? TenantId = null, string? Email = null,
    string? UserPrincipalName = null, string? UserRole = null);

/// <summary>Where it was said.</summary>
/// <param name="Id">Of a channel's thread: <c>19:…@thread.tacv2;messageid=…</c>.</param>
/// <param name="ConversationType"><c>personal</c>, <c>groupChat</c>, <c>channel</c>.</param>
internal sealed record Conversation(string? Id = null, string? ConversationType = null, string? TenantId = null, bool? IsGroup = null);

/// <summary>What stands in the text besides words: a mention of somebody.</summary>
/// <param name="Text">How it stands in the text: <c>&lt;at&gt;OpsBot&lt;/at&gt;</c>.</param>
internal sealed record Entity(string? Type = null, Account? Mentioned = null, string? Text = null);

/// <summary>A card.</summary>
internal sealed record Attachment(string? ContentType = null, object? Content = null);

/// <summary>What only Teams says.</summary>
internal sealed record ChannelData(NamedThing? Tenant = null, NamedThing? Team = null, NamedThing? Channel = null);

/// <summary>A tenant, team or channel.</summary>
internal sealed record NamedThing(string? Id = null);

/// <summary>A new conversation: a thread in a channel, or a chat with one person.</summary>
internal sealed record NewConversation
{
    public bool IsGroup { get; init; }

    public Account? Bot { get; init; }

    public IReadOnlyList<Account>? Members { get; init; }

    public string? TenantId { get; init; }

    public ChannelData? ChannelData { get; init; }

    public Activity? Activity { get; init; }
}

/// <summary>What a call that posts is answered with.</summary>
internal sealed record ResourceAnswer(string? Id = null, string? ActivityId = null);

/// <summary>How the connector says no.</summary>
internal sealed record ErrorAnswer(ErrorBody? Error = null);

/// <param name="Code"><c>BotNotInConversationRoster</c>, <c>MessageSizeTooBig</c>, …</param>
internal sealed record ErrorBody(string? Code = null, string? Message = null);

/// <summary>The dialect of the connector.</summary>
internal static class WireJson
{
    /// <summary>Members that are null are left out: the connector refuses <c>"attachments": null</c>.</summary>
    public static JsonSerializerOptions Options { get; } = Make();

    private static JsonSerializerOptions Make()
    {
        var options = new JsonSerializerOptions(JsonSerializerDefaults.Web)
        {
            DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
            MaxDepth = 32,
            Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
            AllowDuplicateProperties = false,
        };
        options.MakeReadOnly(populateMissingResolver: true);
        return options;
    }
}
