namespace OpsBot.Chat.Threads;

/// <summary>What a surface says of a delivery whose end is not known. Exactly one of the four kinds below.</summary>
public abstract record FindResult
{
    private FindResult()
    {
    }

    /// <summary>It stands there.</summary>
    /// <param name="Reference">As the surface gives it back for a post.</param>
    public sealed record Found(string? Reference) : FindResult;

    /// <summary>It does not stand there; posting it makes no second one.</summary>
    public sealed record NotFound : FindResult;

    /// <summary>The surface has no way to tell. It is posted again, because a lost message is worse than one that stands twice.</summary>
    /// <param name="Reason">Why not, for the log.</param>
    public sealed record Unknown(string Reason) : FindResult;

    /// <summary>Not now: the surface is busy or out of reach.</summary>
    /// <param name="After">Wait at least this long.</param>
    public sealed record RetryLater(TimeSpan After, string Reason) : FindResult;
}
