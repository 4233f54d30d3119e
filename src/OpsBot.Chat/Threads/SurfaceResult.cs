namespace OpsBot.Chat.Threads;

/// <summary>What became of a delivery to a surface. Exactly one of the three kinds below.</summary>
public abstract record SurfaceResult
{
    private SurfaceResult()
    {
    }

    public static SurfaceResult Done(string? threadReference = null) => new Posted(threadReference, AlreadyThere: false);

    public static SurfaceResult DoneBefore(string? threadReference = null) => new Posted(threadReference, AlreadyThere: true);

    /// <summary>It stands on the surface.</summary>
    /// <param name="ThreadReference">Where the surface keeps the thread, to be handed back with later deliveries.</param>
    /// <param name="AlreadyThere">An earlier try of the same delivery, or a newer card, had put it there.</param>
    public sealed record Posted(string? ThreadReference, bool AlreadyThere) : SurfaceResult;

    /// <summary>Not now: the surface is busy, out of reach, or failed in a way nobody knows.</summary>
    /// <param name="After">Wait at least this long.</param>
    public sealed record RetryLater(TimeSpan After, string Reason) : SurfaceResult;

    /// <summary>Never: trying again cannot help. The reason says what to change.</summary>
    public sealed record Failed(string Reason) : SurfaceResult;
}
