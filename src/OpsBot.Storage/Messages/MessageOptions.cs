using System.ComponentModel.DataAnnotations;

namespace OpsBot.Storage.Messages;

/// <summary>How rows are leased, retried and given up.</summary>
/// <remarks>
/// <code>
/// messages:
///   concurrency: 16
///   lease: 60s
///   attempts: 8
///   backoff: 1s           # doubled each time, with jitter, up to maxBackoff
///   maxBackoff: 5m
///   poll: 250ms
/// </code>
/// </remarks>
public sealed class MessageOptions
{
    /// <summary>Messages of one kind handled at the same time. Default 16.</summary>
    [Range(1, 256)]
    public int Concurrency { get; set; } = 16;

    /// <summary>The same of events: they only wait for the bus and the store, which take many together.</summary>
    public int EventConcurrency => 4 * Concurrency;

    /// <summary>How long a row is held without renewal. Renewed at a third of it. Default 60 s.</summary>
    [Range(typeof(TimeSpan), "00:00:02", "01:00:00")]
    public TimeSpan Lease { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>Failures after which a row is dead. Default 8.</summary>
    [Range(1, 100)]
    public int Attempts { get; set; } = 8;

    /// <summary>Times that a row may be abandoned by a crash before it is dead: at least 2, since what one crash abandoned comes back together. Default 20.</summary>
    [Range(2, 100)]
    public int Abandonments { get; set; } = 20;

    /// <summary>Wait after the first failure. Default 1 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "01:00:00")]
    public TimeSpan Backoff { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>Longest wait between attempts. Default 5 min.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan MaxBackoff { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>
    /// How often a host looks for due rows without having been told of any. Commits tell, on other hosts of a PostgreSQL store too; only what becomes due by time,
    /// and what a dead host leaves, is as late as this. Default 250 ms.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "01:00:00")]
    public TimeSpan Poll { get; set; } = TimeSpan.FromMilliseconds(250);
}
