using Microsoft.Extensions.Options;
using OpsBot.Actions.Gates;
using OpsBot.Actions.People;
using OpsBot.Contracts.Actions;
using OpsBot.Runtime.Redaction;

namespace OpsBot.Actions.Catalog;

/// <summary>Proves the catalog against itself, the people and the machine.</summary>
internal sealed class ActionsOptionsValidator(
    IOptions<PeopleOptions> people, IOptions<GateOptions> gates, ConfigurationFolder folder, IRedactor redactor) : IValidateOptions<ActionsOptions>
{
    public ValidateOptionsResult Validate(string? name, ActionsOptions options)
    {
        var rules = new CatalogRules(options.Path, People(), Gates(), options.Hosts.Keys);
        List<string> problems = [.. options.Path.Where(folder => !Path.IsPathRooted(folder)).Select(folder => $"actions.path: '{folder}' is not absolute.")];
        foreach (var (action, declared) in options.Catalog)
        {
            problems.AddRange(rules.Problems(action, declared));
            problems.AddRange(Secrets($"{ActionsOptions.Section}.catalog.{action}", declared));
        }

        return problems.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(problems);
    }

    private GateFiles? Gates()
    {
        try
        {
            return new GateFiles(gates.Value, folder);
        }
        catch (OptionsValidationException)
        {
            return null;
        }
    }

    /// <summary>Everybody on the machine can read the arguments of a process; they also stand on cards.</summary>
    private IEnumerable<string> Secrets(string key, ActionOptions action) =>
        from vector in CatalogRules.Vectors(key, action)
        where redactor.Redact(string.Join('\n', vector.Vector)) != string.Join('\n', vector.Vector) || redactor.Redact(string.Join(' ', vector.Vector)) != string.Join(' ', vector.Vector)
        select $"{vector.Key}: an argument looks like a secret (it is not shown). Everybody on this machine can read arguments: let the program read it from a file, or put it into environment.";

    private IReadOnlyList<Person>? People()
    {
        try
        {
            return new ConfiguredPeople(people.Value).All;
        }
        catch (OptionsValidationException)
        {
            // said once already, where the people stand
            return null;
        }
    }
}
