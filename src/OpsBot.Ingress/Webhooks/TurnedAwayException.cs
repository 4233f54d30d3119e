namespace OpsBot.Ingress.Webhooks;

/// <summary>A request that goes no further, with the answer that its sender gets.</summary>
internal sealed class TurnedAwayException(int status, string reason, TimeSpan? retryAfter = null) : Exception(reason)
{
    public int Status { get; } = status;

    /// <summary>The log has it already, or had it shortly before.</summary>
    public bool IsTold { get; init; }

    /// <summary>When the sender should try again; null where that cannot help.</summary>
    public TimeSpan? RetryAfter { get; } = retryAfter;
}
