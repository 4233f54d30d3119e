using System.Globalization;
using System.Text;
using OpsBot.Contracts.Diagnoses;
using OpsBot.Contracts.Watches;

namespace OpsBot.Chat.Cards;

/// <summary>How watches are told of, everywhere the same. What is in them from outside is not cleaned here: whoever shows it does that.</summary>
public static class WatchWords
{
    private const string Bars = "▁▂▃▄▅▆▇█";
    private const int SparkLength = 40;

    /// <summary>One line: <c>WATCH-3 running: checkout errors: 0.004, as wanted &lt; 0.01; ends 2026-01-05 12:00 UTC</c>.</summary>
    public static string Line(Watch watch)
    {
        var state = watch.Verdict is { } verdict
            ? $"{Outcome(verdict.Outcome)}: {verdict.Text}"
            : watch.Problems.Count > 0 ? $"{watch.Problems[0].Kind}: {watch.Problems[0].Text}" : watch.Reading.Text;
        return $"{watch.Name} {State(watch)}: {watch.Title}: {state}{(watch.Status == WatchStatus.Ended ? "" : $"; ends {Wording.Utc(watch.Deadline)}")}";
    }

    /// <summary>Everything about one, in lines.</summary>
    /// <param name="findings">Newest first.</param>
    /// <param name="incident">The incident that is about it; null for none.</param>
    public static string Full(Watch watch, IReadOnlyList<WatchFinding> findings, long? incident)
    {
        var text = new StringBuilder(Line(watch));
        text.Append(CultureInfo.InvariantCulture, $"\nEvery {Wording.Length(watch.Interval)}, begun by {watch.Owner} {Wording.Utc(watch.CreatedAt)}, {Wording.Count(watch.Tick, "look")} so far");
        if (watch.LastTickAt is { } last)
            text.Append(CultureInfo.InvariantCulture, $", the last {Wording.Utc(last)}");
        if (watch is { Status: WatchStatus.Running, NextDueAt: { } next })
            text.Append(CultureInfo.InvariantCulture, $", the next {Wording.Utc(next)}");
        if (Lateness(watch) is { } late)
            text.Append('\n').Append(late);
        if (watch.Blind > 0)
            text.Append(CultureInfo.InvariantCulture, $"\nThe last {Wording.Count(watch.Blind, "look")} saw nothing.");
        if (watch.Reading.PReach is { } chance)
            text.Append(CultureInfo.InvariantCulture, $"\nChance that the target is reached: {chance * 100:0} %");
        if (Spark(watch.Reading) is { Length: > 0 } spark)
            text.Append('\n').Append(spark);
        if (incident is { } id)
            text.Append(CultureInfo.InvariantCulture, $"\nThread: {Contracts.Incidents.Names.Incident(id)}");
        foreach (var finding in findings)
            text.Append(CultureInfo.InvariantCulture, $"\n{Wording.Utc(finding.At)} {finding.Kind}{(finding.Change == WatchChange.Noted ? "" : finding.Change == WatchChange.Began ? " began" : " ended")}: {finding.Text}");
        return text.ToString();
    }

    /// <summary>What a watch says of itself where it was not always there; null where it was.</summary>
    public static string? Lateness(Watch watch) => watch.Missed == 0
        ? null
        : string.Create(CultureInfo.InvariantCulture, $"Nobody looked at {Wording.Count(watch.Missed, "time")} that were due; the latest look was {Wording.Length(watch.Latest)} late.");

    /// <summary>The curves of a watch as charts, the one that matters most first; empty where there is none.</summary>
    public static IReadOnlyList<EvidenceChart> Charts(Watch watch) => watch.Reading is { Times.Count: 0 }
        ? []
        :
        [
            new EvidenceChart(watch.Reading.Label ?? watch.Title, watch.Reading.Times, watch.Reading.Values),
            .. (watch.Reading.Others ?? []).Select(other => new EvidenceChart(other.Label, watch.Reading.Times, other.Values)),
        ];

    /// <summary>The curve in one line of text.</summary>
    public static string Spark(WatchReading reading)
    {
        var values = reading.Values.OfType<double>().Where(double.IsFinite).ToList();
        if (values.Count < 2)
            return "";
        var picked = values.Count <= SparkLength ? values : [.. Enumerable.Range(0, SparkLength).Select(i => values[i * (values.Count - 1) / (SparkLength - 1)])];
        var (low, high) = (values.Min(), values.Max());
        var line = string.Concat(picked.Select(value => Bars[high > low && double.IsFinite(high - low) ? (int)Math.Round((value - low) / (high - low) * (Bars.Length - 1)) : 3]));
        return $"{line}  {ChartShape.Number(low)} to {ChartShape.Number(high)}";
    }

    public static string State(Watch watch) => watch.Status switch
    {
        WatchStatus.Paused => "paused",
        WatchStatus.Ended => "ended",
        _ => watch.Problems.Count > 0 ? "in trouble" : "running",
    };

    public static string Outcome(WatchOutcome outcome) => outcome switch
    {
        WatchOutcome.Good => "well",
        WatchOutcome.Bad => "not well",
        _ => "undecided",
    };
}
