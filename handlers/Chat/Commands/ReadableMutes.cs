using OpsBot.Chat.Manners;
using OpsBot.Contracts.Incidents;
using OpsBot.Contracts.Ports;
using OpsBot.Storage.Engine;
using OpsBot.Storage.Mutes;

namespace OpsBot.Handlers.Chat.Commands;

/// <summary>
/// What is muted, as far as somebody may be told of it where they ask. Whom nobody named is told of the alerts of the incidents that they are told of, and of no
/// others. Where there are services about which nothing is posted, nobody is told on a chat surface of a mute that is of one, or of which nobody knows.
/// </summary>
public sealed class ReadableMutes(MuteReader mutes, IIncidentReader incidents, ReadableHere readable, ChatManners manners, StoreClock clock)
{
    private const int Looked = 200;

    /// <param name="told">The incidents that they are told of.</param>
    public async Task<IReadOnlyList<Mute>> FirstAsync(Asker asker, int most, CancellationToken cancellationToken, IReadOnlyList<Incident>? told = null)
    {
        var isStranger = asker.Person is null && asker.Place is not null;
        var hides = manners.HasSilentServices && asker.Place is not null;
        var all = await mutes.ListAsync(clock.GetUtcNow(), isStranger || hides ? Looked : most, cancellationToken);
        if (isStranger)
        {
            var theirs = await FingerprintsAsync(told ?? [], cancellationToken);
            all = [.. all.Where(mute => theirs.Contains(mute.Fingerprint))];
        }

        if (hides && all.Count > 0)
        {
            var known = await mutes.ServicesAsync([.. all.Select(mute => mute.Fingerprint)], cancellationToken);
            all = [.. all.Where(mute => known.TryGetValue(mute.Fingerprint, out var services) && readable.MayAbout(asker, services))];
        }

        return [.. all.Take(most)];
    }

    private async Task<HashSet<string>> FingerprintsAsync(IReadOnlyList<Incident> told, CancellationToken cancellationToken)
    {
        var fingerprints = new HashSet<string>(StringComparer.Ordinal);
        foreach (var incident in told)
        {
            if (await incidents.FindAsync(incident.Id, cancellationToken) is { } detail)
                fingerprints.UnionWith(detail.Alerts.Select(alert => alert.Fingerprint));
        }

        return fingerprints;
    }
}
