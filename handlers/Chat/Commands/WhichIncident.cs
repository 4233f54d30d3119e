using OpsBot.Contracts.Incidents;
using OpsBot.Contracts.Ports;

namespace OpsBot.Handlers.Chat.Commands;

/// <summary>Finds out which incident a command is about.</summary>
public sealed class WhichIncident(IIncidentReader incidents, ReadableHere readable)
{
    private const int Looked = 200;

    private static readonly IncidentStatus[] Live = [IncidentStatus.Open, IncidentStatus.Acknowledged];

    /// <summary>The incident that is named, else that of the thread, else the only one that is not resolved.</summary>
    /// <param name="mayGuess">The only one will do; where something is changed it has to be named.</param>
    public async Task<(IncidentDetail? Incident, string? Problem)> FindAsync(Asked asked, bool mayGuess, CancellationToken cancellationToken)
    {
        var named = asked.Command.Arguments.FirstOrDefault(IsName);
        if ((named is not null && Names.TryParseIncident(named, out var id) ? id : asked.IncidentId) is { } one)
        {
            var found = await incidents.FindAsync(one, cancellationToken);
            if (found is null)
                return (null, $"There is no incident {Names.Incident(one)}.");
            return await readable.MayAsync(asked.Asker, found.Incident, cancellationToken) ? (found, null) : (null, $"{Names.Incident(one)} is not told of here; the console shows it.");
        }

        var live = await readable.FirstAsync(asked.Asker, await incidents.ListAsync(Live, Looked, 0, cancellationToken), 6, cancellationToken);
        if (live.Count == 0)
            return (null, "No incident is open.");
        if (live.Count == 1 && mayGuess)
            return (await incidents.FindAsync(live[0].Id, cancellationToken), null);
        var names = string.Join(", ", live.Take(5).Select(incident => $"{incident.Name} ({incident.Title})")) + (live.Count > 5 ? ", …" : "");
        return (null, $"Which incident? Say it in its thread, or name it: '{asked.Command.Word.Word} {live[0].Name}'. Open: {names}.");
    }

    /// <summary>Reads <c>INC-3</c>; a bare number may be anything.</summary>
    public static bool IsName(string text) => text.StartsWith("INC-", StringComparison.OrdinalIgnoreCase) && Names.TryParseIncident(text, out _);
}
