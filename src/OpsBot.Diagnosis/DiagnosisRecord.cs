using System.Diagnostics;
using OpsBot.Contracts.Telemetry;
using OpsBot.Diagnosis.Triage;
using OpsBot.Evidence;

namespace OpsBot.Diagnosis;

/// <summary>One diagnosis, as its span and its measurement tell of it.</summary>
internal sealed class DiagnosisRecord(TimeProvider clock) : IDisposable
{
    private readonly long _begun = clock.GetTimestamp();
    private readonly Activity? _span = Instruments.Spans.StartActivity("diagnose");
    private string _outcome = "failed";

    public TriageResult Ranked(Func<TriageResult> rank)
    {
        using var span = Instruments.Spans.StartActivity("rank causes");
        var result = rank();
        _outcome = result.Causes.Count > 0 ? "ranked" : "abstained";
        span?.SetTag("opsbot.causes", result.Causes.Count);
        return result;
    }

    public void Dispose()
    {
        DiagnosisMetrics.Diagnoses.Record(clock.GetElapsedTime(_begun).TotalSeconds, Instruments.Label("outcome", _outcome));
        _span?.SetTag("opsbot.outcome", _outcome);
        _span?.Dispose();
    }
}

/// <summary>One evidence source that was asked.</summary>
internal sealed class SourceRecord(string source, TimeProvider clock) : IDisposable
{
    private readonly long _begun = clock.GetTimestamp();
    private readonly Activity? _span = TraceContext.Step("collect", source, ActivityKind.Client);
    private string _outcome = "cancelled";

    public Observations Answered(Observations seen)
    {
        _outcome = "answered";
        return seen;
    }

    public void Missed(string outcome)
    {
        _outcome = outcome;
        _span?.SetStatus(ActivityStatusCode.Error, outcome);
    }

    public void Dispose()
    {
        DiagnosisMetrics.Sources.Record(
            clock.GetElapsedTime(_begun).TotalSeconds, Instruments.Label("source", source), Instruments.Label("outcome", _outcome));
        _span?.SetTag("opsbot.outcome", _outcome);
        _span?.Dispose();
    }
}
