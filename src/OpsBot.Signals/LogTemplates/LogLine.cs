namespace OpsBot.Signals.LogTemplates;

/// <summary>One log record, multi-line stack traces joined with <c>\n</c>.</summary>
/// <param name="Time">Unix milliseconds; null where the line has no time.</param>
/// <param name="Level">The level in upper case (<c>ERROR</c>, <c>WARN</c>, <c>INFO</c>, …), where known.</param>
public readonly record struct LogLine(long? Time, string? Service, string? Instance, string? Level, string Message, string? Trace);
