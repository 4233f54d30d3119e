namespace OpsBot.Contracts.Ports;

/// <summary>What became of asking for another try.</summary>
public enum RetryOutcome
{
    /// <summary>The row is due now, with its attempts counted afresh.</summary>
    Queued,

    /// <summary>There is such a row, and it is not dead: somebody was faster.</summary>
    NotDead,

    NotFound,
}

/// <summary>Brings dead rows of <c>messages</c> back.</summary>
public interface IMessageRetry
{
    Task<RetryOutcome> RetryAsync(long messageId, CancellationToken cancellationToken);
}
