using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using OpsBot.Contracts;
using OpsBot.Contracts.Ports;
using OpsBot.Contracts.Watches;
using OpsBot.Runtime.Redaction;
using OpsBot.Watches.Canaries;
using OpsBot.Watches.Declared;
using OpsBot.Watches.Desk;
using OpsBot.Watches.Queries;
using OpsBot.Watches.Training;

namespace OpsBot.Tests.Support;

internal static partial class Some
{
    public static readonly DateTimeOffset WatchBegan = new(2026, 1, 5, 3, 0, 0, TimeSpan.Zero);

    /// <summary>A query every minute for an hour that is to stay below 10.</summary>
    public static Watch Watch(string op = "<", double value = 10, int inRow = 1, bool until = false, int blindAfter = 3, DateTimeOffset? began = null) => new()
    {
        Id = 1,
        Title = "errors",
        Kind = "query",
        Spec = JsonSerializer.Serialize(new QuerySpec(null, "rate(errors[5m])", op, value, inRow, until), OpsBotJson.Options),
        Status = WatchStatus.Running,
        Interval = TimeSpan.FromMinutes(1),
        Deadline = (began ?? WatchBegan) + TimeSpan.FromHours(1),
        BlindAfter = blindAfter,
        Owner = "ana",
        Environment = "prod",
        CreatedAt = began ?? WatchBegan,
        NextDueAt = began ?? WatchBegan,
    };

    /// <summary>The canaries of a configuration that declares these watches.</summary>
    public static CanaryWatches Canaries(StoredDesk desk, params WatchDeclaration[] declared)
    {
        var options = new WatchesOptions();
        options.AddRange(declared);
        return new CanaryWatches(
            new DeclaredWatches(
                Options.Create(options), new WatchDesk(desk.Store.Get<ILiveUpdates>(), desk.Store.Get<IRedactor>()), new NoCurves(), NullLogger<DeclaredWatches>.Instance),
            NullLogger<CanaryWatches>.Instance);
    }
}

/// <summary>A server of metrics whose next answers are given beforehand; the last one is repeated.</summary>
internal sealed class ScriptedMetrics : IMetricSampler
{
    private readonly Queue<MetricSample> _answers = new();
    private MetricSample _last = new([new MetricValue("", 1)], null);

    public int Asked { get; private set; }

    /// <summary>Runs while the server is being asked.</summary>
    public Func<Task>? Meanwhile { get; set; }

    public IReadOnlyList<string> Sources => ["prometheus main"];

    public ScriptedMetrics Then(params double[] values)
    {
        foreach (var value in values)
            _answers.Enqueue(new MetricSample([new MetricValue("", value)], null));
        return this;
    }

    public ScriptedMetrics ThenNothing(string? problem = null, int times = 1)
    {
        for (var i = 0; i < times; i++)
            _answers.Enqueue(new MetricSample([], problem));
        return this;
    }

    public async Task<MetricSample> SampleAsync(string? source, string expression, TimeSpan budget, CancellationToken cancellationToken)
    {
        Asked++;
        if (Meanwhile is { } meanwhile)
        {
            Meanwhile = null;
            await meanwhile();
        }

        return _last = _answers.TryDequeue(out var next) ? next : _last;
    }
}

/// <summary>A configuration that says of no job where its metrics are.</summary>
internal sealed class NoCurves : ICurveSources
{
    public ICurveSource Open(string declared, IReadOnlyDictionary<string, string> words) => throw new FormatException("none here");
}
