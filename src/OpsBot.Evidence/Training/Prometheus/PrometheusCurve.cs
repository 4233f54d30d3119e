using OpsBot.Contracts.Ports;
using OpsBot.Contracts.Training;
using OpsBot.Evidence.Prometheus;

namespace OpsBot.Evidence.Training.Prometheus;

/// <summary>
/// Reads the metrics of a run from a Prometheus server that is configured as evidence. What is scraped more often than the run steps is given once a step.
/// </summary>
internal sealed class PrometheusCurve(PrometheusCurveOptions options, IReadOnlyDictionary<string, string> words, ConfiguredSources evidence, TimeProvider time) : ICurveSource
{
    private const int MaxPoints = 10_000;

    // a sample may be stamped in one interval and reach the server in the next
    private static readonly TimeSpan Late = TimeSpan.FromSeconds(15);

    public async Task<CurveReading> ReadAsync(string? cursor, CancellationToken cancellationToken)
    {
        var source = evidence.All.OfType<PrometheusSource>().FirstOrDefault(one => string.IsNullOrEmpty(options.Server) || one.Name == $"prometheus {options.Server}");
        if (source is null)
            return Failed(cursor, string.IsNullOrEmpty(options.Server) ? "no server is configured under evidence.prometheus" : $"no server of evidence.prometheus is called '{options.Server}'");
        var seconds = (long)options.Interval.TotalSeconds;
        var until = (time.GetUtcNow() - Late).ToUnixTimeSeconds() / seconds;
        var before = CurveCursor.Read<Cursor>(cursor);
        var from = before is { Until: var last } ? last + 1 : until - ((long)options.LookBack.TotalSeconds / seconds);
        if (from > until)
            return new CurveReading([], [], cursor, CurveReadingState.NoData);
        var to = Math.Min(until, from + MaxPoints - 1);
        try
        {
            var columns = new Dictionary<string, IReadOnlyDictionary<long, double>>();
            foreach (var (name, expression) in options.Metrics)
                columns[name] = await AskAsync(source, name, expression, from * seconds, to * seconds, cancellationToken);
            var steps = options.Step is { Length: > 0 } step ? await AskAsync(source, "step", step, from * seconds, to * seconds, cancellationToken) : null;
            return Merge(columns, steps, before, from, to, until);
        }
        catch (FormatException e)
        {
            return Failed(cursor, e.Message);
        }
    }

    private CurveReading Merge(
        Dictionary<string, IReadOnlyDictionary<long, double>> columns, IReadOnlyDictionary<long, double>? steps, Cursor? before, long from, long to, long until)
    {
        var seconds = (long)options.Interval.TotalSeconds;
        var (first, lastStep) = (before?.First, before?.Step ?? -1);
        var points = new List<CurvePoint>();
        for (var slot = from; slot <= to; slot++)
        {
            var at = slot * seconds;
            var values = columns.Where(column => column.Value.ContainsKey(at)).ToDictionary(column => column.Key, column => column.Value[at]);
            if (values.Count == 0)
                continue;
            first ??= slot;
            var step = slot - first.Value;
            if (steps is not null)
            {
                if (!steps.TryGetValue(at, out var stated) || stated is not (>= 0 and < 1e15) || (long)stated == lastStep)
                    continue;
                step = (long)stated;
            }

            lastStep = step;
            points.Add(new CurvePoint(step, DateTimeOffset.FromUnixTimeSeconds(at), values));
        }

        var next = CurveCursor.Write(new Cursor(to, first, lastStep));
        var state = points.Count > 0 ? CurveReadingState.Data : columns.Values.All(column => column.Count == 0) && first is null ? CurveReadingState.Absent : CurveReadingState.NoData;
        return new CurveReading(points, [], next, state, state == CurveReadingState.Absent ? "no series answers to the expressions yet" : null) { More = to < until };
    }

    /// <summary>Value by Unix second.</summary>
    /// <exception cref="FormatException">There is no usable answer; the message says why.</exception>
    private async Task<IReadOnlyDictionary<long, double>> AskAsync(PrometheusSource source, string name, string expression, long from, long to, CancellationToken cancellationToken)
    {
        var answer = await source.ReadRangeAsync(
            Words.InQuery(expression, words), DateTimeOffset.FromUnixTimeSeconds(from), DateTimeOffset.FromUnixTimeSeconds(to), options.Interval, cancellationToken);
        if (answer.Error is { } error)
            throw new FormatException($"{name}: {error}");
        return answer.Series switch
        {
            [] => new Dictionary<long, double>(),
            [var one] => one.Times.Zip(one.Values).GroupBy(sample => sample.First / 1000).ToDictionary(group => group.Key, group => group.First().Second),
            _ => throw new FormatException($"{name}: more than one series answers to the expression; sum or select them"),
        };
    }

    private static CurveReading Failed(string? cursor, string why) => new([], [], cursor, CurveReadingState.Failed, why);

    /// <summary>Where the next look begins.</summary>
    /// <param name="Until">The interval that was read last, counted from 1970.</param>
    /// <param name="First">The interval of the first point.</param>
    /// <param name="Step">Step of the last point.</param>
    private sealed record Cursor(long Until, long? First, long Step);
}
