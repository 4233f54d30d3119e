namespace OpsBot.Signals.Series;

/// <summary>A stretch of a series that differs from what went before.</summary>
/// <param name="Score">How clearly, 0 and up; independent of the unit. About 1 is worth a look, 2 is plain.</param>
/// <param name="OnsetMs">First sample of the stretch, Unix milliseconds.</param>
/// <param name="EndMs">Last sample of the stretch.</param>
/// <param name="Before">Median of the reference period.</param>
/// <param name="During">Mean of the stretch.</param>
/// <param name="Samples">Samples in the stretch.</param>
public sealed record SeriesShift(double Score, long OnsetMs, long EndMs, double Before, double During, int Samples)
{
    public static SeriesShift None { get; } = new(0, 0, 0, double.NaN, double.NaN, 0);

    /// <summary>During ÷ before; infinite where it rose from nothing.</summary>
    public double Ratio => Before == 0 ? (During == 0 ? 1 : double.PositiveInfinity) : During / Before;
}

/// <summary>Where to look for the onset of a fault: after <paramref name="SearchFromMs"/> and no later than <paramref name="LatestMs"/>.</summary>
/// <param name="SearchFromMs">Everything before is the reference period. Unix milliseconds.</param>
/// <param name="LatestMs">Somebody was told then, so the fault had begun.</param>
public sealed record OnsetSearch(long SearchFromMs, long LatestMs)
{
    private const double LeadShare = 0.4;
    private static readonly TimeSpan LongestLead = TimeSpan.FromMinutes(30);

    /// <summary>
    /// Alerts fire minutes after the onset, not hours: looks back over at most two fifths of the time before the alert, 30 minutes at
    /// most, so that most of the window remains as reference.
    /// </summary>
    public static OnsetSearch Before(DateTimeOffset from, DateTimeOffset startedAt)
    {
        var lead = Math.Clamp(LeadShare * (startedAt - from).TotalMilliseconds, 0, LongestLead.TotalMilliseconds);
        return new OnsetSearch(startedAt.ToUnixTimeMilliseconds() - (long)lead, startedAt.ToUnixTimeMilliseconds());
    }
}
