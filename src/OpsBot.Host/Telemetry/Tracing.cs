using System.Diagnostics;
using Microsoft.Extensions.Options;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;
using OpsBot.Contracts.Telemetry;
using OpsBot.Storage.Messages;

namespace OpsBot.Host.Telemetry;

/// <summary>
/// Has spans made while the host runs, and sends them where OTLP is configured. A collector that is away costs spans and nothing else: they are sent from a
/// bounded queue behind the work.
/// </summary>
internal sealed class Tracing(
    IOptions<TracingOptions> options, IOptions<LoggingOptions> logging, WorkerIdentity worker) : IHostedService, IDisposable
{
    private static readonly TimeSpan ExportLimit = TimeSpan.FromSeconds(5);

    private IDisposable? _listening;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _listening = options.Value.Endpoint is not null ? Export(options.Value)
            : logging.Value.Format == LogFormat.Json ? NameOnly()
            : null;
        return Task.CompletedTask;
    }

    // sends what is left
    public Task StopAsync(CancellationToken cancellationToken) => Task.Run(Dispose, cancellationToken);

    public void Dispose() => Interlocked.Exchange(ref _listening, null)?.Dispose();

    private TracerProvider Export(TracingOptions to) => Sdk.CreateTracerProviderBuilder()
        .AddSource(Instruments.Name)
        .SetSampler(new ParentBasedSampler(new TraceIdRatioBasedSampler(to.Sampling)))
        .ConfigureResource(resource => resource.AddService(
            "opsbot", serviceVersion: typeof(Tracing).Assembly.GetName().Version?.ToString(3), serviceInstanceId: worker.Owner))
        .AddOtlpExporter(exporter =>
        {
            exporter.Endpoint = to.Address;
            exporter.Protocol = to.Protocol == TracingOptions.HttpProtobuf ? OtlpExportProtocol.HttpProtobuf : OtlpExportProtocol.Grpc;
            exporter.Headers = string.Join(',', to.Headers.Select(header => $"{Uri.EscapeDataString(header.Key)}={Uri.EscapeDataString(header.Value)}"));
            exporter.TimeoutMilliseconds = (int)ExportLimit.TotalMilliseconds;
            exporter.BatchExportProcessorOptions.ScheduledDelayMilliseconds = 1000;
        })
        .Build();

    /// <summary>Nothing is sent, but what one event brings about bears one trace id in all its log entries.</summary>
    private static ActivityListener NameOnly()
    {
        var listener = new ActivityListener
        {
            ShouldListenTo = static source => source.Name == Instruments.Name,
            Sample = static (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.PropagationData,
        };
        ActivitySource.AddActivityListener(listener);
        return listener;
    }
}
