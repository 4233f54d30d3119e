using OpsBot.Contracts.Threads;

namespace OpsBot.Chat.Manners;

/// <summary>Channels as the configuration names them: <c>slack:C024BE91L</c>.</summary>
internal static class ChannelName
{
    private static readonly string[] Surfaces = ["slack", "teams"];

    /// <summary>Null where it is none. A Teams channel has colons of its own: only the first one divides.</summary>
    public static ChatPlace? Parse(string text)
    {
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        return colon > 0 && Surfaces.Contains(text[..colon]) && text[(colon + 1)..].Trim() is { Length: > 0 and <= 300 } channel
            ? new ChatPlace(text[..colon], channel)
            : null;
    }
}
