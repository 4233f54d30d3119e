using OpsBot.Contracts.Messages;
using OpsBot.Storage.Engine;

namespace OpsBot.Storage.Messages;

/// <summary>A dead row of an incident is named on the incident's card.</summary>
internal static class DeadNotice
{
    public static Task WriteAsync(StoreTransaction transaction, string stream, long now) =>
        Streams.IncidentOf(stream) is { } incident && stream != Streams.Thread(incident)
            ? MessageTable.InsertAsync(
                transaction, [NewMessage.Of(new UpdateCard(incident), Streams.Thread(incident), coalesce: true)], deliveryKey: null, now)
            : Task.CompletedTask;
}
