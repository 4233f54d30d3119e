using System.Globalization;

namespace OpsBot.Signals.Curves;

/// <summary>Knows how often steps come and judges that none does.</summary>
internal sealed class QuietWatch
{
    /// <summary>A pause as long as this is a checkpoint or an evaluation, whatever is usual.</summary>
    private const double ShortestPause = 120;

    private const double LongestPauses = 2;

    /// <summary>Usual intervals that are a hang at the least: a run that logs once an hour is quiet for an hour.</summary>
    private const double HangIntervals = 10;

    /// <summary>Seconds between the last points.</summary>
    public RecentValues Intervals { get; set; } = new();

    /// <summary>The longest pause that ended by itself, seconds.</summary>
    public double Longest { get; set; }

    public DateTimeOffset? LastAt { get; set; }

    public bool Stalled { get; set; }

    public bool Hangs { get; set; }

    /// <summary>The job did not run since the last step: how long that took says nothing of how often steps come.</summary>
    public bool Rested { get; set; }

    /// <summary>A step came.</summary>
    /// <param name="stepTime">Seconds a step takes, where a metric says so.</param>
    /// <param name="steps">Steps since the point before.</param>
    public void Take(DateTimeOffset? at, double? stepTime, long steps)
    {
        var rested = Rested;
        (Stalled, Hangs, Rested) = (false, false, false);
        var seconds = at is { } now && LastAt is { } before ? (now - before).TotalSeconds : stepTime is { } one ? one * Math.Max(1, steps) : 0;
        LastAt = at ?? LastAt;
        if (seconds > 0 && !rested)
        {
            Intervals.Add(seconds);
            Longest = Math.Max(Longest, seconds);
        }
    }

    /// <summary>The job waits or is suspended: that it makes no step is as it should be.</summary>
    public void Rest() => (Stalled, Hangs, Rested) = (false, false, true);

    public CurveAlert? Quiet(TimeSpan sinceLast, bool jobRuns, long step, CurveJudgeOptions options)
    {
        if (!jobRuns || Hangs)
        {
            return null;
        }

        var since = sinceLast.TotalSeconds;
        var usual = Intervals.Count > 0 ? Intervals.Median() : 0;
        if (since >= (options.KnownHang?.TotalSeconds ?? Math.Max(options.HangAfter.TotalSeconds, Math.Max(HangIntervals * usual, LongestPauses * Longest))))
        {
            (Hangs, Stalled) = (true, true);
            return Alert(CurveAlertKind.Hang, "The job runs and has made no step", since, usual, step);
        }

        var isStalled = Intervals.Count > 0 && since >= Math.Max(ShortestPause, Math.Max(options.StalledAfterIntervals * usual, LongestPauses * Longest));
        if (!isStalled || Stalled)
        {
            return null;
        }

        Stalled = true;
        return Alert(CurveAlertKind.Stalled, "No step", since, usual, step);
    }

    private static CurveAlert Alert(CurveAlertKind kind, string what, double since, double usual, long step)
    {
        var last = step < 0 ? "; it has not begun to log steps" : string.Create(CultureInfo.InvariantCulture, $"; the last one was {step}");
        var often = usual > 0 ? $", where one comes every {Time(usual)}" : "";
        return new CurveAlert(kind, $"{what} for {Time(since)}{often}{last}.", null, Math.Max(0, step));
    }

    private static string Time(double seconds) => seconds switch
    {
        < 120 => string.Create(CultureInfo.InvariantCulture, $"{seconds:0} s"),
        < 7200 => string.Create(CultureInfo.InvariantCulture, $"{seconds / 60:0} min"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{seconds / 3600:0.#} h"),
    };
}
