namespace OpsBot.Chat.Teams.Outgoing;

/// <summary>
/// Where a card of ours stands. Written <c>channel/root</c> for a thread of a channel, whose root the card is, and <c>chat#activity</c> for a chat,
/// which has no threads.
/// </summary>
internal sealed record ThreadReference(string Channel, string Activity, bool IsThread)
{
    private const string RootMark = ";messageid=";

    /// <summary>What calls of the connector name.</summary>
    public string Conversation => IsThread ? Channel + RootMark + Activity : Channel;

    /// <summary>The channel or chat of a conversation.</summary>
    public static string WithoutThread(string conversation) =>
        conversation.IndexOf(RootMark, StringComparison.Ordinal) is >= 0 and var at ? conversation[..at] : conversation;

    public static ThreadReference? Read(string? text)
    {
        if (text is null) return null;
        var at = text.LastIndexOfAny(['/', '#']);
        return at > 0 && at < text.Length - 1 ? new ThreadReference(text[..at], text[(at + 1)..], text[at] == '/') : null;
    }

    /// <summary>Of a new thread. Null where the connector did not say where it is.</summary>
    public static ThreadReference? OfNew(string channel, ConnectorAnswer.Done done)
    {
        var at = done.Id?.IndexOf(RootMark, StringComparison.Ordinal) ?? -1;
        var root = at > 0 ? done.Id![(at + RootMark.Length)..] : done.ActivityId;
        return string.IsNullOrEmpty(root) ? null : new ThreadReference(channel, root, IsThread: true);
    }

    /// <summary>Channels have threads, chats have none. Teams tells them apart by what their ids end in.</summary>
    public static bool IsChat(string channel) =>
        channel.EndsWith("@thread.v2", StringComparison.Ordinal) || channel.EndsWith("@unq.gbl.spaces", StringComparison.Ordinal)
        || channel.StartsWith("a:", StringComparison.Ordinal);

    public override string ToString() => $"{Channel}{(IsThread ? '/' : '#')}{Activity}";
}
