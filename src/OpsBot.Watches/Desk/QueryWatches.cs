using System.Text.Json;
using OpsBot.Contracts;
using OpsBot.Contracts.Watches;
using OpsBot.Watches.Queries;

namespace OpsBot.Watches.Desk;

/// <summary>What everybody may state of a watch, whatever it observes.</summary>
/// <param name="Title">Null for one made from what is watched.</param>
public sealed record WatchTerms(string? Title, TimeSpan Interval, TimeSpan For, int BlindAfter, string Owner, string Environment, string? Service);

/// <summary>Makes watches of metric queries.</summary>
public static class QueryWatches
{
    public static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);
    public static readonly TimeSpan For = TimeSpan.FromHours(1);
    public const int BlindAfter = 3;

    /// <param name="source">Name of the Prometheus server; null for the first.</param>
    /// <param name="inRow">So many intervals in a row count.</param>
    /// <param name="until">It is hoped for and ends the watch; otherwise it is to hold until the deadline.</param>
    /// <exception cref="FormatException">The condition is none; the message says what to write.</exception>
    public static Watch Make(WatchTerms terms, string? source, string expr, string op, double value, int inRow, bool until, DateTimeOffset now)
    {
        var condition = Condition.Of(op, value);
        if (string.IsNullOrWhiteSpace(expr))
            throw new FormatException("there is no query; write for example: watch `rate(errors[5m])` < 0.01 every 1m for 1h");
        if (inRow is < 1 or > 1000)
            throw new FormatException($"{inRow} intervals in a row are none; write 1 to 1000");
        return new Watch
        {
            Id = 0,
            Title = terms.Title ?? $"{(until ? "until " : "")}{expr.Trim()} {condition}",
            Kind = QueryKind.Name,
            Spec = JsonSerializer.Serialize(new QuerySpec(source, expr.Trim(), op, value, inRow, until), OpsBotJson.Options),
            Status = WatchStatus.Running,
            Interval = terms.Interval,
            Deadline = now + terms.For,
            BlindAfter = terms.BlindAfter,
            Owner = terms.Owner,
            Environment = terms.Environment,
            Service = terms.Service,
            CreatedAt = now,
        };
    }
}
