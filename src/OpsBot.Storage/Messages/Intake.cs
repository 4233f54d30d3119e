using System.Collections.Concurrent;
using Dapper;
using Microsoft.Extensions.Options;
using OpsBot.Contracts.Ports;
using OpsBot.Storage.Engine;

namespace OpsBot.Storage.Messages;

/// <summary>The door into the table: the delivery and all its messages in one transaction.</summary>
public sealed class Intake(IStore store, IOptions<StoreOptions> options, MessageSignal signal, HoldPoints points, StoreClock clock) : IIntake
{
    /// <summary>What a row of the quarantine takes beside body and headers, about.</summary>
    internal const int RowBytes = 400;

    private readonly ConcurrentDictionary<string, long> _refused = new(StringComparer.Ordinal);

    private readonly WaitingDeliveries _waiting = new(options.Value);

    private long Now => clock.GetUtcNow().ToUnixTimeMilliseconds();

    public async Task<IntakeResult> AcceptAsync(Delivery delivery, CancellationToken cancellationToken)
    {
        await points.ReachAsync("before-intake", cancellationToken);
        using var place = _waiting.Enter(delivery.Source, WaitingDeliveries.SizeOf(delivery));
        var result = await store.MergeAsync(DeliveryInsert.Merge, new Received(delivery, Now), WriteLane.Intake, cancellationToken);
        await points.ReachAsync("after-intake", cancellationToken);
        signal.Raise();
        return result;
    }

    public async Task<IntakeResult> QuarantineAsync(QuarantinedDelivery delivery, CancellationToken cancellationToken)
    {
        using var place = _waiting.Enter(delivery.Source, delivery.Body.Length);
        return await store.WriteOrRefuseAsync(
            async transaction =>
            {
                if (!await MessageTable.RememberDeliveryAsync(transaction, delivery.Source, delivery.DeliveryKey, delivery.KeyIsOfBody, Now))
                {
                    return IntakeResult.Duplicate;
                }

                var used = await transaction.Connection.ExecuteScalarAsync<long>(
                    $"select coalesce(sum(length(body) + length(headers) + {RowBytes}), 0) from quarantined", transaction: transaction.Transaction);
                if (used + delivery.Body.Length + Quarantine.HeadersOf(delivery).Length + RowBytes > options.Value.QuarantineMiB * 1024L * 1024)
                {
                    // Dropping an older one would lose an event that we promised to keep; the sender can try again.
                    throw new IntakeOverloadedException(TimeSpan.FromMinutes(5));
                }

                await Quarantine.InsertAsync(transaction, delivery, Now);
                return IntakeResult.Accepted;
            },
            cancellationToken);
    }

    public void CountRefused(string source) => _refused.AddOrUpdate(source, 1, static (_, count) => count + 1);

    /// <summary>Writes the counters of refused deliveries. Called now and then, so that a flood of bad signatures costs no writes.</summary>
    public async Task FlushRefusedAsync(CancellationToken cancellationToken)
    {
        foreach (var source in _refused.Keys)
        {
            if (_refused.TryRemove(source, out var count))
            {
                await store.WriteAsync(
                    transaction => transaction.Connection.ExecuteAsync(
                        "insert into refused (source, count) values (@source, @count) on conflict (source) do update set count = refused.count + @count",
                        new { source, count },
                        transaction.Transaction),
                    cancellationToken,
                    WriteLane.Leases);
            }
        }
    }
}
