using System.Globalization;

namespace OpsBot.Signals.Traces;

/// <summary>Reads the status words and numbers of OpenTelemetry, HTTP and gRPC.</summary>
public static class SpanStatus
{
    public static bool IsError(string? status)
    {
        if (string.IsNullOrEmpty(status))
        {
            return false;
        }

        if (int.TryParse(status, NumberStyles.None, CultureInfo.InvariantCulture, out var code))
        {
            // gRPC codes 1 to 16 are failures, 2 is also OpenTelemetry's "error"; HTTP from 500, and 4xx is the caller's fault
            return code is (>= 1 and <= 16) or >= 500;
        }

        return status.Contains("error", StringComparison.OrdinalIgnoreCase) || status.Contains("fail", StringComparison.OrdinalIgnoreCase)
            || status.Contains("exception", StringComparison.OrdinalIgnoreCase) || status.Contains("timeout", StringComparison.OrdinalIgnoreCase)
            || status.Contains("unavailable", StringComparison.OrdinalIgnoreCase);
    }
}
