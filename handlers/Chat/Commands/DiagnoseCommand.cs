using OpsBot.Contracts.Incidents;
using OpsBot.Contracts.Ports;
using OpsBot.Incidents.Desk;

namespace OpsBot.Handlers.Chat.Commands;

/// <summary>Asks for a diagnosis now: of the thread's incident, of one that is named, or of the open one that a service has.</summary>
public sealed class DiagnoseCommand(WhichIncident which, ReadableHere readable, IIncidentReader incidents, IncidentDesk desk) : IChatCommand
{
    private const int Looked = 200;

    public string Word => "diagnose";

    public async Task<ChatDeed> DoAsync(Asked asked, CancellationToken cancellationToken)
    {
        if (asked.Command.Arguments.FirstOrDefault(word => !WhichIncident.IsName(word)) is { } service)
        {
            var live = await incidents.ListAsync([IncidentStatus.Open, IncidentStatus.Acknowledged], Looked, 0, cancellationToken);
            var its = await readable.FirstAsync(
                asked.Asker, live.Where(incident => incident.Services.Append(incident.Service).Contains(service, StringComparer.OrdinalIgnoreCase)), Looked, cancellationToken);
            return its switch
            {
                [var one] => Ask(one, asked.Person.Name),
                [] => ChatDeed.Say($"No open incident is about '{service}', and a diagnosis is of an incident. 'status' lists those that are open; 'find {service}' searches what is known of it.", onlyAsker: true),
                _ => ChatDeed.Say($"Several incidents are about '{service}': {string.Join(", ", its.Take(10).Select(incident => incident.Name))}. Say which: 'diagnose {its[0].Name}'.", onlyAsker: true),
            };
        }

        var (detail, problem) = await which.FindAsync(asked, mayGuess: true, cancellationToken);
        return detail is null ? ChatDeed.Say(problem!, onlyAsker: true) : Ask(detail.Incident, asked.Person.Name);
    }

    private ChatDeed Ask(Incident incident, string person) => new(async scope =>
    {
        await desk.AskDiagnosisAsync(incident.Id, person, scope);
        return new Said($"{incident.Name} is being diagnosed again; the thread says what came of it.");
    })
    {
        ActedOn = incident.Id,
    };
}
