namespace OpsBot.Signals.Traces;

/// <summary>Spans with their parents resolved. Built in one pass over the spans; a parent that is not there makes a root.</summary>
public sealed class SpanForest
{
    private readonly double[] _selfMs;

    private SpanForest(IReadOnlyList<SpanSample> spans, int[] parents, List<int>?[] children)
    {
        Spans = spans;
        Parents = parents;
        Children = children;
        _selfMs = [.. Enumerable.Range(0, spans.Count).Select(Own)];
    }

    public IReadOnlyList<SpanSample> Spans { get; }

    /// <summary>Index of the parent, −1 for a root.</summary>
    public IReadOnlyList<int> Parents { get; }

    /// <summary>Indexes of the children; null where there are none.</summary>
    public IReadOnlyList<IReadOnlyList<int>?> Children { get; }

    public static SpanForest Of(IReadOnlyList<SpanSample> spans)
    {
        var byId = new Dictionary<(string Trace, string Span), int>(spans.Count);
        for (var i = 0; i < spans.Count; i++)
        {
            byId.TryAdd((spans[i].TraceId, spans[i].SpanId), i);
        }

        var parents = new int[spans.Count];
        var children = new List<int>?[spans.Count];
        for (var i = 0; i < spans.Count; i++)
        {
            parents[i] = spans[i].ParentId is { } parent && byId.TryGetValue((spans[i].TraceId, parent), out var at) && at != i ? at : -1;
            if (parents[i] >= 0)
            {
                (children[parents[i]] ??= []).Add(i);
            }
        }

        return new SpanForest(spans, parents, children);
    }

    /// <summary>Milliseconds that a span spent itself: its duration less the time in which a child ran.</summary>
    public double SelfMs(int span) => _selfMs[span];

    private double Own(int span)
    {
        if (Children[span] is not { } children)
        {
            return Spans[span].DurationMs;
        }

        // clocks of two machines differ, so children count by their length, overlapping ones once
        double from = Spans[span].TimeMs;
        var covered = 0.0;
        var reached = double.NegativeInfinity;
        foreach (var child in children.OrderBy(child => Spans[child].TimeMs))
        {
            var begin = Math.Max(Spans[child].TimeMs - from, reached);
            var end = Spans[child].TimeMs - from + Spans[child].DurationMs;
            covered += Math.Max(0, end - begin);
            reached = Math.Max(reached, end);
        }

        return Math.Max(0, Spans[span].DurationMs - covered);
    }

    /// <summary>The service on the other side where the span is the caller's half of a remote call; null where it is local work.</summary>
    public string? RemotePeer(int span) =>
        Children[span] is [var only] && !string.Equals(Spans[only].Service, Spans[span].Service, StringComparison.Ordinal)
            ? Spans[only].Service
            : null;

    /// <summary>True where the span says that it failed.</summary>
    public bool Failed(int span) => SpanStatus.IsError(Spans[span].Status);
}
