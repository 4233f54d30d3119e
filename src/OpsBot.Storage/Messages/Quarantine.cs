using System.Reflection;
using System.Text.Json;
using Dapper;
using OpsBot.Contracts;
using OpsBot.Contracts.Ports;
using OpsBot.Storage.Engine;

namespace OpsBot.Storage.Messages;

/// <summary>Deliveries that could not be read, and the way back for those that a later version can.</summary>
public sealed class Quarantine(IStore store, MessageSignal signal, TimeProvider clock)
{
    /// <summary>Version of the program, written beside what it could not read.</summary>
    public static string ReaderVersion { get; } =
        Assembly.GetExecutingAssembly().GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "0";

    /// <summary>Tries everything that another version has put there (or everything at all) once more.</summary>
    /// <param name="read">Told when it reached us first, gives the delivery, or the field and reason why it still cannot be read.</param>
    /// <returns>How many could be read now, and how many are left of those tried.</returns>
    public async Task<(int Read, int Left)> RereadAsync(
        Func<QuarantinedDelivery, DateTimeOffset, (Delivery? Delivery, string Field, string Reason)> read, bool all, CancellationToken cancellationToken)
    {
        var counts = await store.WriteAsync(
            async transaction =>
            {
                var rows = await transaction.Connection.QueryAsync<Row>(
                    """
                    select id as Id, source as Source, delivery_key as DeliveryKey, received_at as ReceivedAt, headers as Headers, body as Body, field as Field, reason as Reason
                    from quarantined where @all or reader <> @version order by id limit 1000
                    """,
                    new { all, version = ReaderVersion },
                    transaction.Transaction);
                var (done, left) = (0, 0);
                foreach (var row in rows)
                {
                    var headers = JsonSerializer.Deserialize<Dictionary<string, string>>(row.Headers, OpsBotJson.Options)!;
                    var (delivery, field, reason) = read(
                        new QuarantinedDelivery(row.Source, row.DeliveryKey, row.Body, headers, row.Field, row.Reason),
                        DateTimeOffset.FromUnixTimeMilliseconds(row.ReceivedAt));
                    if (delivery is null)
                    {
                        left++;
                        await transaction.Connection.ExecuteAsync(
                            "update quarantined set field = @field, reason = @reason, reader = @version where id = @Id",
                            new { field, reason, version = ReaderVersion, row.Id },
                            transaction.Transaction);
                        continue;
                    }

                    done++;
                    await MessageTable.InsertAsync(
                        transaction, Intake.Rows(delivery), row.DeliveryKey, clock.GetUtcNow().ToUnixTimeMilliseconds());
                    await transaction.Connection.ExecuteAsync(
                        "delete from quarantined where id = @Id", new { row.Id }, transaction.Transaction);
                }

                return (done, left);
            },
            cancellationToken);
        signal.Raise();
        return counts;
    }

    private sealed record Row(long Id, string Source, string DeliveryKey, long ReceivedAt, string Headers, byte[] Body, string Field, string Reason);
}
