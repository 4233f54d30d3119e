namespace OpsBot.Signals.Traces;

/// <summary>Gathers spans before and during the fault by what they have in common.</summary>
internal static class SpanGroups
{
    /// <summary>A group for every key that a span of either period has; spans outside both are left out.</summary>
    /// <param name="key">The key of the span with this index.</param>
    /// <param name="add">Given the group, the index of the span, and its period: 0 before, 1 during.</param>
    public static Dictionary<TKey, TGroup> Gather<TKey, TGroup>(
        SpanForest forest, TracePeriods periods, Func<int, TKey> key, Action<TGroup, int, int> add)
        where TKey : notnull
        where TGroup : new()
    {
        var groups = new Dictionary<TKey, TGroup>();
        for (var i = 0; i < forest.Spans.Count; i++)
        {
            var period = periods.Of(forest.Spans[i].TimeMs);
            if (period < 0)
            {
                continue;
            }

            var of = key(i);
            if (!groups.TryGetValue(of, out var group))
            {
                groups[of] = group = new TGroup();
            }

            add(group, i, period);
        }

        return groups;
    }

    /// <summary>The operation that a span is one of.</summary>
    public static (string Service, string? Instance, string Operation) Operation(SpanForest forest, int span)
    {
        var of = forest.Spans[span];
        return (of.Service, of.Instance, of.Operation);
    }
}
