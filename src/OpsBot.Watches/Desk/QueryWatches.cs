using System.Text.Json;
using OpsBot.Contracts;
using OpsBot.Contracts.Watches;
using OpsBot.Watches.Queries;

namespace OpsBot.Watches.Desk;

/// <summary>What everybody may state of a watch, whatever it observes.</summary>
/// <param name="Title">Null for one made from what is watched.</param>
public sealed record WatchTerms(string? Title, TimeSpan Interval, TimeSpan For, int BlindAfter, string Owner, string Environment, string? Service)
{
    /// <summary>A watch of a kind that begins now.</summary>
    /// <param name="spec">What it observes, as its kind keeps it.</param>
    /// <param name="title">Where the terms have none.</param>
    internal Watch Begin<T>(string kind, T spec, string title, DateTimeOffset now) => new()
    {
        Id = 0,
        Title = Title ?? title,
        Kind = kind,
        Spec = JsonSerializer.Serialize(spec, OpsBotJson.Options),
        Status = WatchStatus.Running,
        Interval = Interval,
        Deadline = now + For,
        BlindAfter = BlindAfter,
        Owner = Owner,
        Environment = Environment,
        Service = Service,
        CreatedAt = now,
    };
}

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
        return terms.Begin(QueryKind.Name, new QuerySpec(source, expr.Trim(), op, value, inRow, until), $"{(until ? "until " : "")}{expr.Trim()} {condition}", now);
    }
}
