using OpsBot.Contracts.Ports;
using OpsBot.Contracts.Training;
using OpsBot.Watches.Training;

namespace OpsBot.Tests.Support;

/// <summary>A run whose readings are given beforehand; after the last there is nothing new.</summary>
internal sealed class ScriptedRun : ICurveSources, ICurveSource
{
    private readonly Queue<CurveReading> _readings = new();

    public List<string?> Cursors { get; } = [];

    /// <summary>Points of a metric, a step each.</summary>
    public static CurvePoint[] Points(long from, params double[] auc) =>
        [.. auc.Select((value, index) => new CurvePoint(from + index, null, new Dictionary<string, double> { ["auc"] = value, ["loss"] = 1 }))];

    public ScriptedRun Then(IReadOnlyList<CurvePoint> points)
    {
        _readings.Enqueue(new CurveReading(points, [], $"{points[^1].Step + 1}", CurveReadingState.Data));
        return this;
    }

    public ScriptedRun ThenState(CurveReadingState state, int times)
    {
        for (var i = 0; i < times; i++)
            _readings.Enqueue(new CurveReading([], [], null, state));
        return this;
    }

    public ScriptedRun ThenLines(params string[] lines)
    {
        _readings.Enqueue(new CurveReading([], lines, null, CurveReadingState.Data));
        return this;
    }

    public ICurveSource Open(string declared, IReadOnlyDictionary<string, string> words) => this;

    public Task<CurveReading> ReadAsync(string? cursor, CancellationToken cancellationToken)
    {
        Cursors.Add(cursor);
        return Task.FromResult(_readings.TryDequeue(out var next) ? next : new CurveReading([], [], cursor, CurveReadingState.NoData));
    }
}
