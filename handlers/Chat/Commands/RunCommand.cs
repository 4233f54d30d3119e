using OpsBot.Actions.Approvals;
using OpsBot.Actions.Catalog;
using OpsBot.Chat.Cards;
using OpsBot.Chat.Commands;
using OpsBot.Contracts.Actions;
using OpsBot.Contracts.Messages;
using OpsBot.Contracts.Ports;

namespace OpsBot.Handlers.Chat.Commands;

/// <summary>Proposes an action of the catalog, asking for what is missing. Nothing runs before somebody else has approved it.</summary>
public sealed class RunCommand(IActionCatalog catalog, ProposalDesk desk, IActionReader actions, IIncidentReader incidents) : IChatCommand
{
    /// <summary>What a person says of their reason, beside the parameters.</summary>
    private const string Why = "why";

    public string Word => "run";

    public async Task<ChatDeed> DoAsync(Asked asked, CancellationToken cancellationToken)
    {
        if (catalog.All.Count == 0)
            return ChatDeed.Say("There are no actions: the configuration declares none under 'actions.catalog'.", onlyAsker: true);
        if (asked.Command.Arguments.FirstOrDefault(word => !WhichIncident.IsName(word)) is not { } name)
            return ChatDeed.Say($"Run what? There are:\n{string.Join('\n', catalog.All.Select(Line))}", onlyAsker: true);
        if (catalog.Find(name) is not { } action)
        {
            var near = CommandParser.Nearest(name, catalog.All.Select(each => each.Name));
            return ChatDeed.Say($"There is no action '{name}'{(near is null ? $"; there are {string.Join(", ", catalog.All.Select(each => each.Name))}." : $"; did you mean '{near}'?")}", onlyAsker: true);
        }

        var given = Given(asked.Command);
        return Missing(action, given) is { Count: > 0 } missing
            ? ChatDeed.Of(Ask(asked.Command, action, given, missing))
            : await ProposeAsync(asked, action, given, cancellationToken);
    }

    /// <summary>What is to be asked before an action can be proposed; null where nothing is missing, or there is no such action.</summary>
    internal static AnswerQuestions? Questions(ChatCommand.Known run, IActionCatalog catalog) =>
        run.Arguments.FirstOrDefault(word => !WhichIncident.IsName(word)) is { } name && catalog.Find(name) is { } action && Given(run) is var given && Missing(action, given).Count > 0
            ? Questions(run, action, given)
            : null;

    private async Task<ChatDeed> ProposeAsync(Asked asked, ActionDefinition action, Dictionary<string, string> given, CancellationToken cancellationToken)
    {
        // A parameter may be called so too; then it is one.
        var why = action.Parameters.Any(parameter => parameter.Name == Why) ? null : given.GetValueOrDefault(Why);
        if (why is not null)
            given.Remove(Why);
        var about = asked.Command.Arguments.Where(WhichIncident.IsName).Select(text => Contracts.Incidents.Names.TryParseIncident(text, out var id) ? id : 0).FirstOrDefault();
        var incident = (about > 0 ? about : asked.IncidentId) is { } number ? (await incidents.FindAsync(number, cancellationToken))?.Incident : null;
        if (about > 0 && incident is null)
            return ChatDeed.Say($"There is no incident {Contracts.Incidents.Names.Incident(about)}.", onlyAsker: true);
        var answer = await desk.ProposeAsync(
            new ProposalRequest(action.Name, [given], asked.Person.Id, why ?? $"asked for by {asked.Person.Name}", [], incident?.Id, incident?.Environment ?? ""), cancellationToken);
        if (answer.Proposal is not { } proposal || !answer.Accepted)
            return ChatDeed.Say(answer.Text, onlyAsker: true);
        var view = await actions.FindProposalAsync(proposal.Id, proposal.Version, cancellationToken);
        return ChatDeed.Of(new Said($"{answer.Text}\n{proposal.Name}: {action.Name} on {ProposalWords.Targets(proposal)}; somebody else approves it: 'approve {proposal.Name}'.")
        {
            Decisions = view is { Proposal.Status: ProposalStatus.Open } ? [StatusCommand.Decision(view)] : [],
            ForOthers = incident is null,
        });
    }

    private static Dictionary<string, string> Given(ChatCommand.Known run) => run.Named.Where(pair => pair.Value.Length > 0).ToDictionary(StringComparer.Ordinal);

    private static List<ActionParameter> Missing(ActionDefinition action, Dictionary<string, string> given) =>
        [.. action.Asked.Where(parameter => parameter.Default is null && !given.ContainsKey(parameter.Name))];

    private static Said Ask(ChatCommand.Known run, ActionDefinition action, Dictionary<string, string> given, List<ActionParameter> missing)
    {
        var command = string.Join(' ', given.Select(pair => $"{pair.Key}=\"{pair.Value}\"").Prepend($"run {action.Name}"));
        var lines = missing.Select(parameter => $"{parameter.Name}: {Help(parameter)}");
        return new Said($"{action.Name} needs {string.Join(" and ", missing.Select(parameter => parameter.Name))}:\n{string.Join('\n', lines)}\nWrite: {command} {string.Join(' ', missing.Select(parameter => $"{parameter.Name}=…"))}", OnlyAsker: true)
        {
            Form = Questions(run, action, given),
        };
    }

    private static AnswerQuestions Questions(ChatCommand.Known run, ActionDefinition action, Dictionary<string, string> given)
    {
        // what is no field of the form goes along with the command: the incident, and the reason
        var about = run.Arguments.Where(WhichIncident.IsName).Take(1);
        var why = action.Parameters.All(parameter => parameter.Name != Why) && given.GetValueOrDefault(Why) is { } reason ? [$"{Why}=\"{reason.Replace('"', '\'')}\""] : Array.Empty<string>();
        return new AnswerQuestions(action.Description, string.Join(' ', [$"run {action.Name}", .. about, .. why]),
        [
            .. action.Asked.Select(parameter => new AnswerQuestion(
                parameter.Name, Help(parameter), parameter.Default is null, given.GetValueOrDefault(parameter.Name) ?? parameter.Default, parameter.Choices)),
        ]);
    }

    private static string Help(ActionParameter parameter)
    {
        string?[] parts =
        [
            parameter.Description is { Length: > 0 } words ? words : null,
            parameter.Choices.Count > 0 ? $"one of {string.Join(", ", parameter.Choices.Take(20))}" : null,
            parameter.Type == ParameterType.Integer ? FormattableString.Invariant($"a number{(parameter.Min is { } min ? $", {min} or more" : "")}{(parameter.Max is { } max ? $", {max} at most" : "")}") : null,
        ];
        return string.Join("; ", parts.OfType<string>()) is { Length: > 0 } help ? help : "a word";
    }

    private static string Line(ActionDefinition action) =>
        $"{action.Name} {string.Join(' ', action.Asked.Select(parameter => parameter.Default is null ? $"{parameter.Name}=…" : $"[{parameter.Name}={parameter.Default}]"))}: {action.Description} ({Wording.Word(action.Risk)})";
}
