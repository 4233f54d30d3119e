using OpsBot.Contracts;
using OpsBot.Contracts.Actions;
using OpsBot.Contracts.Ports;
using OpsBot.Storage.Engine;

namespace OpsBot.Actions.Audit;

/// <summary>What a verification found.</summary>
/// <param name="Head">The newest row that holds; null where none does.</param>
/// <param name="BadSeq">Number of the first row that does not hold or is not there; null where all is well.</param>
/// <param name="Reason">What is wrong with it, in a sentence; null where all is well.</param>
public sealed record AuditFinding(AuditHead? Head, long? BadSeq, string? Reason)
{
    public bool Holds => BadSeq is null;
}

/// <summary>Follows the chain from its first row to its end.</summary>
public sealed class AuditVerifier
{
    private const int PageSize = 1000;

    private readonly IAuditReader _audit;
    private readonly AuditKey _key;

    internal AuditVerifier(IAuditReader audit, AuditKey key) => (_audit, _key) = (audit, key);

    /// <param name="heads">Heads that were written down elsewhere, each of which the chain must still have.</param>
    /// <exception cref="StoreException">There are rows and no key.</exception>
    public async Task<AuditFinding> VerifyAsync(IReadOnlyList<AuditHead> heads, CancellationToken cancellationToken)
    {
        var anchored = heads.ToLookup(head => head.Seq);
        AuditHead? good = null;
        IReadOnlyList<AuditRow> page;
        do
        {
            page = await _audit.PageAsync(good?.Seq ?? long.MinValue, PageSize, cancellationToken);
            foreach (var row in page)
            {
                if (Wrong(row, good, anchored[row.Seq]) is { } reason)
                {
                    return new(good, (good?.Seq ?? 0) + 1, reason);
                }

                good = new(row.Seq, row.Mac, row.At);
            }
        }
        while (page.Count == PageSize);

        var last = good?.Seq ?? 0;
        // Rows are added while we read, and each of them makes the count and the numbers grow alike.
        if (await _audit.CountAsync(cancellationToken) is var count && count > last && !await HoldsOfAsync(good, count, cancellationToken))
        {
            return new(good, last + 1, $"the audit has {count} rows, and {last} of them follow on each other: the others were put in beside it");
        }

        return heads.Where(head => head.Seq > last).MaxBy(head => head.Seq) is { } lost
            ? new(good, last + 1, $"the audit ends at row {last}, but row {lost.Seq} was written down {When(lost)}: rows were cut off its end")
            : new(good, null, null);
    }

    /// <summary>Whether the rows that came after the last one read make up for the count.</summary>
    private async Task<bool> HoldsOfAsync(AuditHead? good, long count, CancellationToken cancellationToken)
    {
        var newer = await _audit.PageAsync(good?.Seq ?? 0, PageSize, cancellationToken);
        return newer.Count >= count - (good?.Seq ?? 0);
    }

    private string? Wrong(AuditRow row, AuditHead? before, IEnumerable<AuditHead> anchored)
    {
        var expected = (before?.Seq ?? 0) + 1;
        if (row.Seq != expected)
        {
            return row.Seq > expected ? $"it is missing; the next row is {row.Seq}" : $"a row numbered {row.Seq} stands in its place";
        }

        if (!AuditChain.Same(AuditChain.Mac(_key.Get(mayCreate: false), row, before?.Mac ?? ""), row.Mac))
        {
            return before is null
                ? "it was altered or not written with this key; where every row says so, the key is another one"
                : "it was altered, moved, or not written by OpsBot";
        }

        return anchored.FirstOrDefault(head => !AuditChain.Same(head.Mac, row.Mac)) is { } other
            ? $"it is not the row that was written down {When(other)}: the chain was written anew"
            : null;
    }

    private static string When(AuditHead head) => head.At == default ? "earlier" : $"at {OpsBotJson.Format(head.At)}";
}
