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
    /// <param name="ThreadReference">Where the surface keeps what was posted. Of a thread it is handed back with later deliveries, so it is the same for the card and for the thread.</param>
    /// <param name="AlreadyThere">An earlier try of the same delivery, or a newer card, had put it there.</param>
    public sealed record Posted(string? ThreadReference, bool AlreadyThere) : SurfaceResult;

    /// <summary>Not now: the surface is busy, out of reach, or failed in a way nobody knows.</summary>
    /// <param name="After">Wait at least this long.</param>
    public sealed record RetryLater(TimeSpan After, string Reason) : SurfaceResult
    {
        /// <summary>The surface said that it did not take it (429, no connection): nothing has to be looked for before the next try.</summary>
        public bool NotPosted { get; init; }
    }

    /// <summary>Never: trying again cannot help. The reason says what to change.</summary>
    public sealed record Failed(string Reason) : SurfaceResult;
}
