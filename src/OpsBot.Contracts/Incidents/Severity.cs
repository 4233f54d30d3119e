namespace OpsBot.Contracts.Incidents;

/// <summary>Our own order of severities, highest first.</summary>
public enum SeverityLevel
{
    Critical,
    High,
    Medium,
    Low,
    Info,
    Unknown,
}

/// <summary>Orders the words that senders use for severity.</summary>
public static class SeverityLevels
{
    /// <summary>The level that a sender's word stands for; <see cref="SeverityLevel.Unknown"/> for a word that nobody told us.</summary>
    public static SeverityLevel Of(string? word) => word?.Trim().ToLowerInvariant() switch
    {
        "critical" or "crit" or "page" or "fatal" or "emergency" or "p1" or "p0" or "sev0" or "sev1" or "disaster" => SeverityLevel.Critical,
        "high" or "error" or "major" or "p2" or "sev2" => SeverityLevel.High,
        "warning" or "warn" or "medium" or "moderate" or "average" or "p3" or "sev3" => SeverityLevel.Medium,
        "low" or "minor" or "p4" or "sev4" => SeverityLevel.Low,
        "info" or "information" or "informational" or "none" or "ok" or "p5" => SeverityLevel.Info,
        _ => SeverityLevel.Unknown,
    };
}
