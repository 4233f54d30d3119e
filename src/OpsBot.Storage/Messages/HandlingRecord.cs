using System.Diagnostics;
using OpsBot.Contracts.Telemetry;

namespace OpsBot.Storage.Messages;

/// <summary>One try of one message, as its span and its measurements tell of it. Ends when it is disposed of.</summary>
internal sealed class HandlingRecord : IDisposable
{
    private readonly LeasedMessage _row;
    private readonly TimeProvider _clock;
    private readonly long _begun;
    private readonly Activity? _span;
    private string _outcome = "failed";
    private bool _isPostponed;

    public HandlingRecord(LeasedMessage row, TimeProvider clock)
    {
        (_row, _clock, _begun) = (row, clock, clock.GetTimestamp());
        var late = clock.GetUtcNow().ToUnixTimeMilliseconds() - row.DueAt;
        HandlingMetrics.Delay.Record(Math.Max(0, late) / 1000.0, Instruments.Label("kind", row.Kind));
        _span = TraceContext.Continue(row.Trace, "handle", row.Kind, ActivityKind.Consumer);
        _span?.SetTag("opsbot.message.id", row.Id).SetTag("opsbot.message.kind", row.Kind).SetTag("opsbot.message.attempt", row.Attempts);
        Incident(row.Stream);
    }

    /// <summary>What rows that follow go on with.</summary>
    public string? Trace => _span?.Id ?? _row.Trace;

    /// <summary>The effect ran; whether it is committed is not known yet.</summary>
    public void Applied(EffectScope scope)
    {
        _isPostponed = scope.PostponedFor is not null;
        if (_span is { IsAllDataRequested: true } && scope.Following is [var first, ..])
        {
            Incident(first.Stream);
        }
    }

    public void Committed() => _outcome = _isPostponed ? "postponed" : "handled";

    public void GivenBack() => _outcome = "given_back";

    public void Lost(Exception failure)
    {
        _outcome = "lost";
        _span.Failed(failure);
    }

    public void Failed(Exception failure, FailureDecision decision)
    {
        var isDead = decision.DelayMs is null;
        _outcome = isDead ? "dead" : "failed";
        _span.Failed(failure);
        if (isDead)
        {
            HandlingMetrics.CountDead(_row.Kind, Category(decision.Category));
        }
        else
        {
            HandlingMetrics.Retries.Add(1, Instruments.Label("kind", _row.Kind), Instruments.Label("category", Category(decision.Category)));
        }
    }

    public void Dispose()
    {
        HandlingMetrics.Handled.Record(
            _clock.GetElapsedTime(_begun).TotalSeconds, Instruments.Label("kind", _row.Kind), Instruments.Label("outcome", _outcome));
        _span?.SetTag("opsbot.outcome", _outcome);
        _span?.Dispose();
    }

    /// <summary>An alert learns its incident from the rows that follow it.</summary>
    private void Incident(string stream)
    {
        if (_span is { IsAllDataRequested: true } && Streams.IncidentOf(stream) is { } incident)
        {
            _span.SetTag("opsbot.incident.id", incident);
        }
    }

    private static string Category(FailureCategory category) => category switch
    {
        FailureCategory.Unavailable => "unavailable",
        FailureCategory.RateLimited => "rate_limited",
        FailureCategory.Unreadable => "unreadable",
        FailureCategory.Refused => "refused",
        _ => "unknown",
    };
}
