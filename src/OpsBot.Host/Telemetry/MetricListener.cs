using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using OpsBot.Actions;
using OpsBot.Contracts.Telemetry;
using OpsBot.Diagnosis;
using OpsBot.Evidence.Limits;
using OpsBot.Handlers.Chat;
using OpsBot.Ingress;
using OpsBot.Storage;
using OpsBot.Storage.Messages;

namespace OpsBot.Host.Telemetry;

/// <summary>Adds up what OpsBot's instruments measure, from its making to its end.</summary>
internal sealed class MetricListener : IDisposable
{
    // an instrument that nobody has touched yet does not exist, and could be neither shown nor found to stand at nought
    private static readonly Instrument[] Known =
    [
        IngressMetrics.Deliveries, IngressMetrics.Requests,
        HandlingMetrics.Handled, HandlingMetrics.Delay, HandlingMetrics.Retries, HandlingMetrics.Dead,
        DiagnosisMetrics.Diagnoses, DiagnosisMetrics.Sources, EvidenceMetrics.Spared,
        ActionMetrics.Runs, ActionMetrics.RunTimes, ActionMetrics.Gates,
        ChatMetrics.Posts,
        StoreMetrics.Commits, StoreMetrics.Writes, StoreMetrics.FailedCommits, StoreMetrics.Abandoned,
    ];

    private readonly ConcurrentDictionary<string, InstrumentSeries> _instruments = new(StringComparer.Ordinal);
    private readonly MeterListener _listener = new();

    public MetricListener()
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name == Instruments.Name)
            {
                listener.EnableMeasurementEvents(instrument, _instruments.GetOrAdd(instrument.Name, _ => new InstrumentSeries(instrument)));
            }
        };
        _listener.SetMeasurementEventCallback<long>(static (_, value, tags, series) => ((InstrumentSeries)series!).Record(value, tags));
        _listener.SetMeasurementEventCallback<double>(static (_, value, tags, series) => ((InstrumentSeries)series!).Record(value, tags));
        _listener.Start();
        GC.KeepAlive(Known);
        // without labels there is only one series, and it stands at nought from the start
        StoreMetrics.Writes.Add(0);
        StoreMetrics.FailedCommits.Add(0);
        StoreMetrics.Abandoned.Add(0);
    }

    public IEnumerable<InstrumentSeries> All => _instruments.Values.OrderBy(instrument => instrument.Name, StringComparer.Ordinal);

    public void Dispose() => _listener.Dispose();
}
