namespace OpsBot.Signals.Traces;

/// <summary>An operation that takes longer itself than before, whatever its callees do.</summary>
/// <param name="Peer">The callee where the time went between two services (network or a callee that was slow to accept); null for own work.</param>
/// <param name="BeforeMs">Mean own time before, trimmed.</param>
/// <param name="DuringMs">Mean own time during, trimmed.</param>
/// <param name="Calls">Spans during.</param>
/// <param name="ExcessMs">Extra milliseconds summed over the spans during.</param>
/// <param name="Share">This operation's share of all extra time, 0 to 1.</param>
/// <param name="Clarity">Difference of the logarithms in standard errors.</param>
/// <param name="ExampleTrace">A trace that shows it.</param>
public sealed record SelfTimeShift(
    string Service, string? Instance, string Operation, string? Peer, double BeforeMs, double DuringMs, int Calls, double ExcessMs, double Share,
    double Clarity, string ExampleTrace);

/// <summary>Compares the own time of every operation before and during.</summary>
public static class SelfTimeShifts
{
    /// <summary>An operation with fewer spans in either period is not judged.</summary>
    private const int FewestSpans = 3;

    /// <summary>Operations whose own time rose, largest share first.</summary>
    public static IReadOnlyList<SelfTimeShift> Find(SpanForest forest, TracePeriods periods)
    {
        var groups = SpanGroups.Gather<(string, string?, string, string?), Group>(
            forest, periods,
            span => (forest.Spans[span].Service, forest.Spans[span].Instance, forest.Spans[span].Operation, forest.RemotePeer(span)),
            (group, span, period) => group.Add(period, forest.SelfMs(span), forest.Spans[span].TraceId));

        var shifts = groups
            .Where(entry => entry.Value.Before.Count >= FewestSpans && entry.Value.During.Count >= FewestSpans)
            .Select(entry => Compare(entry.Key, entry.Value))
            .Where(shift => shift.ExcessMs > 0)
            .ToList();
        var all = shifts.Sum(shift => shift.ExcessMs);
        return
        [
            .. shifts.Select(shift => shift with { Share = shift.ExcessMs / all })
                .OrderByDescending(shift => shift.Share)
                .ThenBy(shift => shift.Service, StringComparer.Ordinal)
                .ThenBy(shift => shift.Instance, StringComparer.Ordinal)
                .ThenBy(shift => shift.Operation, StringComparer.Ordinal),
        ];
    }

    private static SelfTimeShift Compare((string Service, string? Instance, string Operation, string? Peer) key, Group group)
    {
        var before = Trimmed(group.Before);
        var during = Trimmed(group.During);
        var (logBefore, errorBefore) = LogMean(group.Before);
        var (logDuring, errorDuring) = LogMean(group.During);
        var clarity = (logDuring - logBefore) / Math.Sqrt((errorBefore * errorBefore) + (errorDuring * errorDuring) + 1e-4);
        return new SelfTimeShift(
            key.Service, key.Instance, key.Operation, key.Peer, before, during, group.During.Count,
            Math.Max(0, during - before) * group.During.Count, 0, clarity, group.Slowest);
    }

    /// <summary>The mean without the slowest twentieth: one stuck request is not a slow operation.</summary>
    private static double Trimmed(List<double> values)
    {
        var keep = values.Count - (values.Count / 20);
        return values.Order().Take(keep).Average();
    }

    private static (double Mean, double Error) LogMean(List<double> values)
    {
        // a tenth of a millisecond is where the clocks end
        var logs = values.ConvertAll(value => Math.Log(0.1 + value));
        var mean = logs.Average();
        var variance = logs.Sum(log => (log - mean) * (log - mean)) / Math.Max(1, logs.Count - 1);
        return (mean, Math.Sqrt(variance / logs.Count));
    }

    private sealed class Group
    {
        private double _slowest = -1;

        public List<double> Before { get; } = [];

        public List<double> During { get; } = [];

        public string Slowest { get; private set; } = "";

        public void Add(int period, double selfMs, string trace)
        {
            (period == 0 ? Before : During).Add(selfMs);
            if (period == 1 && selfMs > _slowest)
            {
                _slowest = selfMs;
                Slowest = trace;
            }
        }
    }
}
