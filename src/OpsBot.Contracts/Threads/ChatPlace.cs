namespace OpsBot.Contracts.Threads;

/// <summary>A place on a chat surface.</summary>
/// <param name="Surface"><c>slack</c>, <c>teams</c>, <c>web</c>.</param>
/// <param name="Channel">The surface's own id of a channel or of a conversation with one person; empty on <c>web</c>.</param>
/// <param name="Thread">The surface's own name of a thread in it (Slack: <c>thread_ts</c>; Teams: the id of the root activity); null for the channel itself.</param>
public sealed record ChatPlace(string Surface, string Channel, string? Thread = null)
{
    /// <summary><c>slack:C024BE91L</c>, as configuration writes it and people read it.</summary>
    public override string ToString() => $"{Surface}:{Channel}";
}
