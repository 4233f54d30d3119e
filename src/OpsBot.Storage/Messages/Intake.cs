using System.Collections.Concurrent;
using Dapper;
using Microsoft.Extensions.Options;
using OpsBot.Contracts.Ports;
using OpsBot.Storage.Engine;

namespace OpsBot.Storage.Messages;

/// <summary>The door into the table: the delivery and all its messages in one transaction.</summary>
public sealed class Intake(IStore store, IOptions<StoreOptions> options, MessageSignal signal, HoldPoints points, TimeProvider clock) : IIntake
{
    /// <summary>What a row of the quarantine takes beside body and headers, about.</summary>
    internal const int RowBytes = 400;

    private readonly ConcurrentDictionary<string, long> _refused = new(StringComparer.Ordinal);

    private long Now => clock.GetUtcNow().ToUnixTimeMilliseconds();

    public async Task<IntakeResult> AcceptAsync(Delivery delivery, CancellationToken cancellationToken)
    {
        await points.ReachAsync("before-intake", cancellationToken);
        var result = await store.WriteOrRefuseAsync(
            transaction => InsertAsync(transaction, delivery, Now), cancellationToken);
        await points.ReachAsync("after-intake", cancellationToken);
        signal.Raise();
        return result;
    }

    public Task<IntakeResult> QuarantineAsync(QuarantinedDelivery delivery, CancellationToken cancellationToken) =>
        store.WriteOrRefuseAsync(
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
                    cancellationToken);
            }
        }
    }

    internal static async Task<IntakeResult> InsertAsync(StoreTransaction transaction, Delivery delivery, long now)
    {
        if (!await MessageTable.RememberDeliveryAsync(transaction, delivery.Source, delivery.DeliveryKey, delivery.KeyIsOfBody, now))
        {
            return IntakeResult.Duplicate;
        }

        await MessageTable.InsertAsync(transaction, Rows(delivery), delivery.DeliveryKey, now);
        return IntakeResult.Accepted;
    }

    internal static IEnumerable<NewMessage> Rows(Delivery delivery) => delivery.Messages.Select(
        message => new NewMessage(message.Kind, message.Stream, message.Body, delivery.Source, TimeSpan.Zero, Coalesce: false) { Trace = delivery.Trace });
}
