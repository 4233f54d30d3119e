using Dapper;
using OpsBot.Contracts.Messages;
using OpsBot.Storage.Engine;

namespace OpsBot.Storage.Messages;

/// <summary>A dead row of an incident, or of an alert that an incident holds, is named on the incident's card.</summary>
internal static class DeadNotice
{
    private const string Own = "web";

    public static async Task WriteAsync(StoreTransaction transaction, string stream, long now)
    {
        var incident = Streams.IncidentOf(stream) ?? await HolderAsync(transaction, stream);
        // What could not be posted on a surface is said on our own: on the same one it would be tried and given up for ever.
        if (incident is { } id && stream != Streams.Thread(id) && stream != Streams.Thread(id, Own))
        {
            var notice = Streams.SurfaceOf(stream) is null
                ? NewMessage.Of(new UpdateCard(id), Streams.Thread(id), coalesce: true)
                : NewMessage.Of(new PostCard(id, Own), Streams.Thread(id, Own), coalesce: true);
            await MessageTable.InsertAsync(transaction, [notice], deliveryKey: null, now);
        }
    }

    /// <summary>The newest incident that holds the alert of an intake stream, <c>source/key</c>.</summary>
    private static Task<long?> HolderAsync(StoreTransaction transaction, string stream)
    {
        var slash = stream.IndexOf('/', StringComparison.Ordinal);
        return slash < 0
            ? Task.FromResult<long?>(null)
            : transaction.Connection.ExecuteScalarAsync<long?>(
                "select max(incident_id) from incident_keys where source = @source and incident_key = @key",
                new { source = stream[..slash], key = stream[(slash + 1)..] },
                transaction.Transaction);
    }
}
