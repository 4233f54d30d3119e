namespace OpsBot.Contracts.Threads;

/// <summary>Channels as the configuration names them: <c>slack:C024BE91L</c>.</summary>
public static class ChannelName
{
    private static readonly string[] Surfaces = ["slack", "teams"];

    /// <summary>What to tell whoever wrote one that is none, with the key before it.</summary>
    public static string Problem(string key, string text) =>
        $"{key}: '{text}' is no channel; write the surface (slack, teams), a colon and the channel's id, such as slack:C024BE91L.";

    /// <summary>Null where it is none. A Teams channel has colons of its own: only the first one divides.</summary>
    public static ChatPlace? Parse(string text)
    {
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        return colon > 0 && Surfaces.Contains(text[..colon]) && text[(colon + 1)..].Trim() is { Length: > 0 and <= 300 } channel
            ? new ChatPlace(text[..colon], channel)
            : null;
    }
}
