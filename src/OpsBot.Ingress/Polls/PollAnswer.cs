namespace OpsBot.Ingress.Polls;

/// <summary>What a poll gave: a body, or why there is none.</summary>
internal sealed record PollAnswer(ReadOnlyMemory<byte> Body, string? Problem)
{
    public static PollAnswer Failed(string why) => new(default, why);
}

/// <summary>Asks one sender.</summary>
internal interface IPoll
{
    /// <summary>Never throws for what the sender does wrong.</summary>
    Task<PollAnswer> AskAsync(CancellationToken cancellationToken);
}
