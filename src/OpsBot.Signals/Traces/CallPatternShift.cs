namespace OpsBot.Signals.Traces;

/// <summary>An operation that stopped, or began, to call something.</summary>
/// <param name="Child">Operation called, with its service where it is another.</param>
/// <param name="BeforeShare">Share of the operation's spans with such a child before, 0 to 1.</param>
/// <param name="DuringShare">The same during.</param>
/// <param name="Spans">Spans of the operation during.</param>
/// <param name="Clarity">Difference in standard errors.</param>
/// <param name="ExampleTrace">A trace that shows it.</param>
public sealed record CallPatternShift(
    string Service, string? Instance, string Operation, string Child, double BeforeShare, double DuringShare, int Spans, double Clarity,
    string ExampleTrace)
{
    public bool Missing => DuringShare < BeforeShare;
}

/// <summary>
/// Code that returns early or throws leaves calls out that used to follow, or takes a branch that was never taken. Judged for each
/// operation by itself, so that a different mix of requests is no finding.
/// </summary>
public static class CallPatternShifts
{
    private const int FewestSpans = 3;
    private const double SmallestChange = 0.1;

    /// <summary>Shifts, clearest first.</summary>
    public static IReadOnlyList<CallPatternShift> Find(SpanForest forest, TracePeriods periods)
    {
        var parents = SpanGroups.Gather<(string Service, string? Instance, string Operation), Parent>(
            forest, periods, span => SpanGroups.Operation(forest, span),
            (parent, span, period) => parent.Add(period, forest.Spans[span].TraceId, Children(forest, span)));

        return
        [
            .. parents.SelectMany(entry => entry.Value.Shifts(entry.Key))
                .OrderByDescending(shift => shift.Clarity)
                .ThenBy(shift => shift.Service, StringComparer.Ordinal)
                .ThenBy(shift => shift.Instance, StringComparer.Ordinal)
                .ThenBy(shift => shift.Operation, StringComparer.Ordinal)
                .ThenBy(shift => shift.Child, StringComparer.Ordinal),
        ];
    }

    private static HashSet<string> Children(SpanForest forest, int span)
    {
        var children = new HashSet<string>(StringComparer.Ordinal);
        foreach (var child in forest.Children[span] ?? [])
        {
            var other = forest.Spans[child];
            children.Add(string.Equals(other.Service, forest.Spans[span].Service, StringComparison.Ordinal)
                ? other.Operation
                : $"{other.Operation} of {other.Service}");
        }

        return children;
    }

    private sealed class Parent
    {
        private readonly int[] _spans = new int[2];
        private readonly Dictionary<string, int[]> _with = new(StringComparer.Ordinal);
        private readonly Dictionary<string, string> _examples = new(StringComparer.Ordinal);
        private string _example = "";

        public void Add(int period, string trace, HashSet<string> children)
        {
            _spans[period]++;
            _example = period == 1 ? trace : _example;
            foreach (var child in children)
            {
                if (!_with.TryGetValue(child, out var counts))
                {
                    _with[child] = counts = new int[2];
                }

                counts[period]++;
                if (period == 1)
                {
                    _examples[child] = trace;
                }
            }
        }

        public IEnumerable<CallPatternShift> Shifts((string Service, string? Instance, string Operation) key)
        {
            if (_spans[0] < FewestSpans || _spans[1] < FewestSpans)
            {
                yield break;
            }

            foreach (var (child, counts) in _with)
            {
                var before = (double)counts[0] / _spans[0];
                var during = (double)counts[1] / _spans[1];
                if (Math.Abs(during - before) < SmallestChange)
                {
                    continue;
                }

                // half a success and half a failure are added, as nothing seen is no proof of never
                var pooled = (counts[0] + counts[1] + 0.5) / (_spans[0] + _spans[1] + 1);
                var error = Math.Sqrt(pooled * (1 - pooled) * ((1.0 / _spans[0]) + (1.0 / _spans[1])));
                yield return new CallPatternShift(
                    key.Service, key.Instance, key.Operation, child, before, during, _spans[1], Math.Abs(during - before) / error,
                    _examples.GetValueOrDefault(child, _example));
            }
        }
    }
}
