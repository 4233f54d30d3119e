using OpsBot.Actions.Audit;
using OpsBot.Contracts.Actions;
using OpsBot.Contracts.Incidents;
using OpsBot.Incidents.Desk;

namespace OpsBot.Handlers.Chat.Commands;

/// <summary>Makes one incident of two: <c>merge INC-5</c> in a thread, or <c>merge INC-5 into INC-3</c> anywhere.</summary>
public sealed class MergeCommand(RegroupDesk desk, IAuditTrail audit) : IChatCommand
{
    public string Word => "merge";

    public Task<ChatDeed> DoAsync(Asked asked, CancellationToken cancellationToken) => Task.FromResult(Do(asked));

    private ChatDeed Do(Asked asked)
    {
        var named = asked.Command.Arguments.Where(WhichIncident.IsName).Select(text => Names.TryParseIncident(text, out var id) ? id : 0).ToList();
        var (from, into) = named switch
        {
            [var one, var other] => (one, (long?)other),
            [var one] => (one, asked.IncidentId),
            _ => (0L, null),
        };
        if (from == 0 || into is not { } to)
            return ChatDeed.Say("Merge what into what? Write for example: merge INC-5 into INC-3", onlyAsker: true);
        return new ChatDeed(async scope =>
        {
            var result = await desk.MergeAsync(from, to, asked.Person.Name, scope);
            if (result.Refused is { } why)
                return new Said(why, OnlyAsker: true);
            await audit.AppendAsync(
                scope.Transaction,
                new AuditEntry("merged", asked.Person.Id, Names.Incident(from), new Dictionary<string, string> { ["into"] = Names.Incident(to), ["alerts"] = result.Alerts }),
                scope.Now);
            return new Said($"{Names.Incident(from)} is a part of {Names.Incident(to)} now; go on there.");
        })
        {
            ActedOn = to,
        };
    }
}
