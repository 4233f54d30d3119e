namespace OpsBot.Contracts.Incidents;

/// <summary>Senders write one environment in many ways: <c>Prod</c> and <c>prod</c> are one.</summary>
public static class EnvironmentNames
{
    /// <summary>The name that is compared and kept: trimmed, in lower case; null for a blank.</summary>
    public static string? Of(string? stated) => string.IsNullOrWhiteSpace(stated) ? null : stated.Trim().ToLowerInvariant();
}
