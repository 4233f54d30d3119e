using OpsBot.Actions.Audit;
using OpsBot.Contracts.Actions;
using OpsBot.Contracts.Incidents;
using OpsBot.Incidents.Desk;

namespace OpsBot.Handlers.Chat.Commands;

/// <summary>Makes an incident of its own of alerts that do not belong where they are.</summary>
public sealed class SplitCommand(WhichIncident which, RegroupDesk desk, IAuditTrail audit) : IChatCommand
{
    private const int Shown = 10;

    public string Word => "split";

    public async Task<ChatDeed> DoAsync(Asked asked, CancellationToken cancellationToken)
    {
        var (detail, problem) = await which.FindAsync(asked, mayGuess: false, cancellationToken);
        if (detail is null)
            return ChatDeed.Say(problem!, onlyAsker: true);
        var words = asked.Command.Arguments.Where(word => !WhichIncident.IsName(word)).ToList();
        if (words.Count == 0)
        {
            return ChatDeed.Say(
                $"Split what out of {detail.Incident.Name}? Name alerts by fingerprint or title:\n"
                + string.Join('\n', detail.Alerts.Take(Shown).Select(alert => $"{alert.Fingerprint}: {alert.Title} ({alert.Source})")),
                onlyAsker: true);
        }

        return new ChatDeed(async scope =>
        {
            var result = await desk.SplitAsync(detail.Incident.Id, words, asked.Person.Name, scope);
            if (result.Refused is { } why)
                return new Said(why, OnlyAsker: true);
            await audit.AppendAsync(
                scope.Transaction,
                new AuditEntry("split", asked.Person.Id, detail.Incident.Name, new Dictionary<string, string> { ["into"] = Names.Incident(result.Into), ["alerts"] = result.Alerts }),
                scope.Now);
            return new Said($"{Names.Incident(result.Into)} is an incident of its own now: {result.Alerts}.");
        })
        {
            ActedOn = detail.Incident.Id,
        };
    }
}
