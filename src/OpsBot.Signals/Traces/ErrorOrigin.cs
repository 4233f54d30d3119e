namespace OpsBot.Signals.Traces;

/// <summary>Where failing traces begin to fail: the deepest failed span, whose own callees are well.</summary>
/// <param name="BeforeShare">Failures that began here as a share of the operation's spans before.</param>
/// <param name="DuringShare">The same during.</param>
/// <param name="Failures">Failures during that began here.</param>
/// <param name="ShareOfAll">Share of all failures during that began here.</param>
/// <param name="Text">Attributes of one of them: what the error said.</param>
public sealed record ErrorOrigin(
    string Service, string? Instance, string Operation, double BeforeShare, double DuringShare, int Failures, double ShareOfAll, string? Text,
    string ExampleTrace);

/// <summary>Finds the origins of failures.</summary>
public static class ErrorOrigins
{
    /// <summary>Origins whose share of failures rose, most failures first.</summary>
    public static IReadOnlyList<ErrorOrigin> Find(SpanForest forest, TracePeriods periods)
    {
        var groups = SpanGroups.Gather<(string Service, string? Instance, string Operation), Counts>(
            forest, periods, span => SpanGroups.Operation(forest, span),
            (counts, span, period) => counts.Add(
                period, forest.Spans[span], forest.Failed(span) && !(forest.Children[span] ?? []).Any(forest.Failed)));

        var all = Math.Max(1, groups.Values.Sum(counts => counts.Failures[1]));
        return
        [
            .. groups.Where(entry => entry.Value.Failures[1] > 0)
                .Select(entry => new ErrorOrigin(
                    entry.Key.Service, entry.Key.Instance, entry.Key.Operation,
                    Share(entry.Value, 0), Share(entry.Value, 1), entry.Value.Failures[1], (double)entry.Value.Failures[1] / all,
                    entry.Value.Text, entry.Value.Trace))
                .Where(origin => origin.DuringShare > origin.BeforeShare)
                .OrderByDescending(origin => origin.Failures)
                .ThenBy(origin => origin.Service, StringComparer.Ordinal)
                .ThenBy(origin => origin.Operation, StringComparer.Ordinal),
        ];
    }

    private static double Share(Counts counts, int period) => counts.Spans[period] == 0 ? 0 : (double)counts.Failures[period] / counts.Spans[period];

    private sealed class Counts
    {
        public int[] Spans { get; } = new int[2];

        public int[] Failures { get; } = new int[2];

        public string? Text { get; private set; }

        public string Trace { get; private set; } = "";

        public void Add(int period, SpanSample span, bool origin)
        {
            Spans[period]++;
            Failures[period] += origin ? 1 : 0;
            if (origin && period == 1 && (Text is null || Trace.Length == 0))
            {
                Text = span.Attributes;
                Trace = span.TraceId;
            }
        }
    }
}
