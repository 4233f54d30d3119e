namespace OpsBot.Contracts.Ports;

/// <summary>The append-only record of what a run intended, did and saw. Resuming reads it.</summary>
public interface IJournal
{
    /// <summary>Appends one entry. Refused when the lease that <paramref name="run"/> works under has been lost.</summary>
    Task AppendAsync(JournalRun run, string step, string body, CancellationToken cancellationToken);

    /// <summary>All entries of the run so far, oldest first.</summary>
    Task<IReadOnlyList<JournalEntry>> ReadAsync(JournalRun run, CancellationToken cancellationToken);
}

/// <summary>A run: the message it works on and the lease token it holds.</summary>
public sealed record JournalRun(long MessageId, long LeaseToken)
{
    /// <summary>
    /// Greater for a later message, and for a later take of the same one: of two writes of one thing the greater knew more. A message that was killed behind its write is
    /// taken again, and what changed meanwhile may have asked for no other; a host that was paused beyond its lease comes with the lesser.
    /// </summary>
    public long Version => (MessageId << 16) + Math.Min(LeaseToken, ushort.MaxValue);
}

/// <summary>One entry of a journal.</summary>
public sealed record JournalEntry(long Sequence, DateTimeOffset At, string Step, string Body);
