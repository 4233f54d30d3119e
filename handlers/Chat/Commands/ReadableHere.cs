using OpsBot.Chat.Manners;
using OpsBot.Contracts.Incidents;
using OpsBot.Storage.Threads;

namespace OpsBot.Handlers.Chat.Commands;

/// <summary>
/// Whether somebody may be told of an incident where they ask. Whom nobody named reads what their channel reads: the incidents whose thread is there, or will
/// be. Nobody is told on a chat surface of what is not to be posted there.
/// </summary>
public sealed class ReadableHere(ChatManners manners, SurfaceThreads threads)
{
    public async Task<bool> MayAsync(Asker asker, Incident incident, CancellationToken cancellationToken)
    {
        // pages and terminals let in nobody who has no token
        if (asker.Place is not { } place)
            return true;
        if (manners.Forbidden(incident, place) is not null)
            return false;
        if (asker.Person is not null)
            return true;
        var thread = await threads.FindAsync(incident.Id, place.Surface, cancellationToken);
        return (thread?.Channel ?? manners.PlaceOf(incident, place.Surface)?.Channel) == place.Channel;
    }

    /// <summary>Whether they may be told where they ask of something that is about services and no incident.</summary>
    public bool MayAbout(Asker asker, params IEnumerable<string?> services) =>
        asker.Place is not { } place || manners.Forbidden(place, services.OfType<string>()) is null;

    /// <summary>The first of many that somebody may be told of, in order.</summary>
    public async Task<IReadOnlyList<Incident>> FirstAsync(Asker asker, IEnumerable<Incident> incidents, int most, CancellationToken cancellationToken)
    {
        var readable = new List<Incident>();
        foreach (var incident in incidents)
        {
            if (readable.Count == most)
                break;
            if (await MayAsync(asker, incident, cancellationToken))
                readable.Add(incident);
        }

        return readable;
    }
}
