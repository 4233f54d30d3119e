using System.Diagnostics;

namespace OpsBot.Contracts.Telemetry;

/// <summary>The trace that work belongs to, as rows carry it: a W3C <c>traceparent</c> of our own making.</summary>
public static class TraceContext
{
    /// <summary>The span that is open here; null where nobody traces, or where it is somebody else's.</summary>
    public static string? Current => Activity.Current is { } span && span.Source == Instruments.Spans ? span.Id : null;

    /// <summary>Opens a span beneath the one that a row names; a root where it names none. Null where nobody traces.</summary>
    /// <param name="verb">With <paramref name="what"/> the name of the span, put together only where somebody traces.</param>
    public static Activity? Continue(string? trace, string verb, string what, ActivityKind kind) =>
        !Instruments.Spans.HasListeners() ? null
            : ActivityContext.TryParse(trace, null, isRemote: true, out var parent) ? Instruments.Spans.StartActivity($"{verb} {what}", kind, parent)
            : Root(verb, what, kind);

    /// <summary>Opens a span beneath the one that is open here. Null where nobody traces.</summary>
    public static Activity? Step(string verb, string what, ActivityKind kind = ActivityKind.Internal) =>
        Instruments.Spans.HasListeners() ? Instruments.Spans.StartActivity($"{verb} {what}", kind) : null;

    /// <summary>
    /// Opens a span that is nobody's child. Whatever a caller says of its own trace is untrusted: it could lump its requests together with others', or decide what
    /// is recorded. It becomes a link at most, which says where to look and changes nothing.
    /// </summary>
    /// <param name="said">A <c>traceparent</c> from outside.</param>
    public static Activity? Root(string verb, string what, ActivityKind kind, string? said = null)
    {
        if (!Instruments.Spans.HasListeners())
        {
            return null;
        }

        // only for this flow: the caller's own is as it was when we return to it
        Activity.Current = null;
        return Instruments.Spans.StartActivity(
            kind, name: $"{verb} {what}", links: ActivityContext.TryParse(said, null, isRemote: true, out var link) ? [new ActivityLink(link)] : null);
    }

    /// <summary>Marks a span as failed by the type of what went wrong: a message may hold what must not leave.</summary>
    public static void Failed(this Activity? span, Exception failure) => span?.SetStatus(ActivityStatusCode.Error, failure.GetType().Name);
}
