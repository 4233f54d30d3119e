using System.Diagnostics;
using System.Globalization;
using OpsBot.Canaries;
using OpsBot.Signals.Canary;

namespace OpsBot.Benchmarks.Canaries;

/// <summary>
/// How often canaries are called worse: those that are not (A/A) and those that are, looked at every minute of an hour; beside Mann and Whitney's test at the end,
/// and the same test looked at every minute. <c>-- canary [10000] [seed 1]</c>
/// </summary>
internal static class CanaryBenchmark
{
    private static readonly (double Split, double PerMinute)[] Splits = [(0.5, 2_000), (0.05, 20_000), (0.05, 1_000)];

    public static void Run(int runs, int seed)
    {
        var clock = Stopwatch.StartNew();
        Console.WriteLine(FormattableString.Invariant($"{runs} canaries a row, {CanaryWorld.Minutes} minutes, alpha 0.05, seed {seed}; per cent called worse, minutes to half of these"));
        Console.WriteLine("| metric | canary gets | requests a minute | traffic | A/A: OpsBot | at the end | peeked | worse: OpsBot | minutes | at the end | promoted: A/A | worse |");
        Console.WriteLine("|---|---|---|---|---|---|---|---|---|---|---|---|");
        foreach (var looked in Enum.GetValues<Looked>())
        {
            foreach (var (split, perMinute) in Splits.Where(one => IsEnough(looked, one.Split * one.PerMinute)))
            {
                foreach (var traffic in Enum.GetValues<Traffic>())
                {
                    var equal = Count(new CanaryWorld(looked, traffic, perMinute, split, 0), runs, seed);
                    var worse = Count(new CanaryWorld(looked, traffic, perMinute, split, looked is Looked.Errors ? 0.5 : 0.1), runs, seed + runs);
                    Console.WriteLine(string.Create(
                        CultureInfo.InvariantCulture,
                        $"| {looked} {(looked is Looked.Errors ? "+50 %" : "+10 %")} | {split:0 %} | {perMinute:0} | {traffic} | {equal.Worse:0.0} | {equal.AtEnd:0.0} | {equal.Peeked:0.0} "
                        + $"| {worse.Worse:0.0} | {worse.Minutes} | {worse.AtEnd:0.0} | {equal.Promoted:0.0} | {worse.Promoted:0.0} |"));
                }
            }
        }

        Console.Error.WriteLine(FormattableString.Invariant($"{clock.Elapsed.TotalSeconds:0} s"));
    }

    /// <summary>A quantile that an interval has too few requests for is not looked at.</summary>
    private static bool IsEnough(Looked looked, double requests) => looked switch
    {
        Looked.P99 => requests >= 800,
        Looked.P90 => requests >= 80,
        _ => true,
    };

    private static Tally Count(CanaryWorld world, int runs, int seed)
    {
        var (worse, end, peeked, promoted) = (0, 0, 0, 0);
        var minutes = new List<int>();
        var isShare = world.Metric.Kind == CanaryMetricKind.Share;
        Parallel.For(0, runs, new ParallelOptions { MaxDegreeOfParallelism = 2 }, run =>
        {
            var samples = world.Run(seed + run);
            var (call, minute) = CanaryRun.Of(world, samples);
            var (atEnd, everPeeked) = (PlainTests.SaysWorse(samples, samples.Count, isShare), Enumerable.Range(5, samples.Count - 4).Any(at => PlainTests.SaysWorse(samples, at, isShare)));
            lock (minutes)
            {
                worse += call == CanaryCall.RollBack ? 1 : 0;
                promoted += call == CanaryCall.Promote ? 1 : 0;
                end += atEnd ? 1 : 0;
                peeked += everPeeked ? 1 : 0;
                if (call == CanaryCall.RollBack)
                    minutes.Add(minute);
            }
        });
        minutes.Sort();
        return new Tally(100.0 * worse / runs, 100.0 * end / runs, 100.0 * peeked / runs, 100.0 * promoted / runs, minutes.Count == 0 ? "" : FormattableString.Invariant($"{minutes[minutes.Count / 2]}"));
    }

    private sealed record Tally(double Worse, double AtEnd, double Peeked, double Promoted, string Minutes);
}
