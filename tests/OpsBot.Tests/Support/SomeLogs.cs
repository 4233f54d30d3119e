using OpsBot.Contracts;
using OpsBot.Signals.LogTemplates;

namespace OpsBot.Tests.Support;

internal static partial class Some
{
    public static readonly DateTimeOffset LogStart = new(2026, 3, 1, 10, 0, 0, TimeSpan.Zero);

    public static TimeWindow LogWindow { get; } = new(LogStart, LogStart.AddHours(1));

    public static LogLine LogLine(string message, double minute = 1, string? service = "cart", string? level = null, string? instance = null) =>
        new(LogStart.AddMinutes(minute).ToUnixTimeMilliseconds(), service, instance, level, message, null);
}
