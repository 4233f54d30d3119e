using OpsBot.Signals.LogTemplates;
using OpsBot.Signals.Series;

namespace OpsBot.Diagnosis.Triage;

/// <summary>How much a log line tells of a failure.</summary>
internal static class Severity
{
    private static readonly HashSet<string> FailureWords = new(
        [
            "error", "errors", "exception", "fail", "failed", "failure", "failing", "timeout", "timed", "refused", "rejected", "rejecting", "denied", "unauthorized",
            "unavailable", "exhausted", "exceeded", "expired", "invalid", "panic", "fatal", "crash", "crashed", "killed", "oom", "overloaded", "saturated",
            "throttled", "aborted", "corrupt", "deadlock", "unreachable", "lost", "missing", "slow", "degraded", "dropped", "violation", "restarting",
        ],
        StringComparer.Ordinal);

    /// <summary>1 for errors, 0.8 for warnings and words of failure, 0.25 for the rest.</summary>
    public static double Of(string? level, string text)
    {
        var rank = LogLevels.Rank(level);
        if (rank >= LogLevels.Error)
        {
            return 1;
        }

        return level is "WARN" || MetricWords.Of(text).Any(FailureWords.Contains) ? 0.8 : 0.25;
    }
}
