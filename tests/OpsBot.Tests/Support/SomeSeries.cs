using OpsBot.Contracts;
using OpsBot.Evidence;
using OpsBot.Signals.Series;
using OpsBot.Signals.Traces;

namespace OpsBot.Tests.Support;

internal static partial class Some
{
    /// <summary>The window of made-up incidents: an hour, of which the fault has the last ten minutes.</summary>
    public static TimeWindow Window { get; } = new(LogStart, LogStart.AddHours(1));

    public static DateTimeOffset Onset { get; } = LogStart.AddMinutes(50);

    public static DateTimeOffset Alerted { get; } = LogStart.AddMinutes(53);

    public static OnsetSearch Search { get; } = OnsetSearch.Before(Window.From, Alerted);

    public static IncidentFacts Incident(string? service = null, string title = "shop is slow") =>
        new("INC-1", title, Alerted, "test", service, "critical", "prod", new Dictionary<string, string>());

    /// <summary>A sample a minute; a small regular ripple stands for noise, so that tests need no random numbers.</summary>
    public static MetricSeries Series(
        string metric = "cpu_usage", string service = "cart", double before = 10, double during = 10, string? instance = null, double ripple = 0.02)
    {
        var times = Enumerable.Range(0, 60).Select(minute => LogStart.AddMinutes(minute).ToUnixTimeMilliseconds()).ToArray();
        var values = Enumerable.Range(0, 60).Select(minute => (minute >= 50 ? during : before) * (1 + (ripple * ((minute * 7 % 5) - 2) / 2))).ToArray();
        return new MetricSeries(service, instance, instance is null ? MetricOwner.Service : MetricOwner.Pod, null, null, metric, times, values, $"{service}.csv column {metric}");
    }

    /// <summary>A span of trace <paramref name="trace"/>, at a minute of the window.</summary>
    public static SpanSample Span(
        string trace, string id, string? parent, string service, string operation, double durationMs, double minute, string? status = null) =>
        new(LogStart.AddMinutes(minute).ToUnixTimeMilliseconds(), trace, id, parent, service, $"{service}-1", operation, durationMs, status, null);
}
