namespace OpsBot.Signals.Traces;

/// <summary>One span. Parent is null for a root; span ids are unique within a trace only.</summary>
public sealed record SpanSample(
    long TimeMs, string TraceId, string SpanId, string? ParentId, string Service, string? Instance, string Operation,
    double DurationMs, string? Status, string? Attributes);
