using OpsBot.Actions.Closing;
using OpsBot.Contracts.Actions;

namespace OpsBot.Handlers.Chat.Commands;

/// <summary>Takes an incident on, or closes it through its gates.</summary>
public abstract class IncidentRequestCommand(WhichIncident which) : IChatCommand
{
    public abstract string Word { get; }

    public async Task<ChatDeed> DoAsync(Asked asked, CancellationToken cancellationToken)
    {
        var (detail, problem) = await which.FindAsync(asked, mayGuess: false, cancellationToken);
        if (detail is null)
            return ChatDeed.Say(problem!, onlyAsker: true);
        var (answer, pending) = await AskAsync(asked.Person, detail.Incident.Id, cancellationToken);
        return ChatDeed.Say(answer.Text, onlyAsker: !pending);
    }

    protected abstract Task<Requested> AskAsync(Person person, long incidentId, CancellationToken cancellationToken);
}

public sealed class AckCommand(WhichIncident which, IncidentRequests requests) : IncidentRequestCommand(which)
{
    public override string Word => "ack";

    protected override Task<Requested> AskAsync(Person person, long incidentId, CancellationToken cancellationToken) =>
        requests.AcknowledgeAsync(person, incidentId, cancellationToken);
}

public sealed class ResolveCommand(WhichIncident which, IncidentRequests requests) : IncidentRequestCommand(which)
{
    public override string Word => "resolve";

    protected override Task<Requested> AskAsync(Person person, long incidentId, CancellationToken cancellationToken) =>
        requests.ResolveAsync(person, incidentId, cancellationToken);
}
