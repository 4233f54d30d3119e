using System.Globalization;
using System.Text.RegularExpressions;
using OpsBot.Actions.Gates;
using OpsBot.Contracts.Actions;

namespace OpsBot.Actions.Catalog;

/// <summary>What must hold of an action before it can be in the catalog. Each problem opens with the key it is about.</summary>
/// <param name="people">Everybody there is; null where the people themselves do not hold, and then nothing is said of them here.</param>
/// <param name="gates">Where gates are; null where that does not hold.</param>
/// <param name="hosts">Names of the machines there are.</param>
internal sealed partial class CatalogRules(IReadOnlyList<string> path, IReadOnlyList<Person>? people, GateFiles? gates, IReadOnlyCollection<string> hosts)
{
    private readonly ProgramFinder _programs = new(path);
    private readonly FileHashes _files = new(new ProgramFinder(path));

    public IEnumerable<string> Problems(string name, ActionOptions action)
    {
        var key = $"{ActionsOptions.Section}.catalog.{name}";
        if (!ActionName().IsMatch(name))
        {
            yield return $"{key}: '{name}' is no name of an action; write lower-case letters, digits and '-', at most 60, beginning with a letter.";
            yield break;
        }

        foreach (var problem in ParameterRules.Problems(key, action).Concat(Commands(key, action)).Concat(Texts(key, action))
            .Concat(Risk(key, action)).Concat(Approvers(key, action)).Concat(Gates(key, action)).Concat(Environment(key, action)).Concat(Health(key, action))
            .Concat(LongRunRules.Problems(key, action, hosts))
            .Concat(LoopRules.Problems(key, action))
            .Concat(SuggestionRules.Problems(key, action)))
        {
            yield return problem;
        }
    }

    /// <summary>All vectors with their keys and whether state may stand in them.</summary>
    internal static IEnumerable<(string Key, List<string> Vector, bool MayUseState)> Vectors(string key, ActionOptions action) =>
        new[]
        {
            ($"{key}.run", action.Run, true), ($"{key}.undo", action.Undo, true), ($"{key}.dryRun", action.DryRun, false),
            ($"{key}.probe", action.Probe, false), ($"{key}.state", action.State, false),
        }
        .Concat(action.Health.Select((check, i) => ($"{key}.health[{i}].command", check.Command, false)))
        .Where(vector => vector.Item2.Count > 0);

    private IEnumerable<string> Commands(string key, ActionOptions action)
    {
        var folder = Path.GetFullPath(action.Folder ?? ".");
        foreach (var (at, vector, mayUseState) in Vectors(key, action))
        {
            if (string.IsNullOrWhiteSpace(vector[0]) || Template.Names(vector[0]).Any())
            {
                yield return $"{at}: '{vector[0]}' is no program; the first argument names one, without placeholders.";
            }
            else if (action.Host is not null && !at.StartsWith($"{key}.health", StringComparison.Ordinal) && _programs.Find(RemoteLine.Ssh, folder).Path is not null)
            {
                // whether the program is on the other machine is seen when it is called
            }
            else if (_programs.Find(action.Host is null || at.StartsWith($"{key}.health", StringComparison.Ordinal) ? vector[0] : RemoteLine.Ssh, folder) is var (program, missing) && program is null)
            {
                yield return $"{at}: {missing}.";
            }
            else if (_files.Problem(program) is { } problem)
            {
                yield return $"{at}: {problem}";
            }

            foreach (var argument in vector)
            {
                if (argument.Contains('\0', StringComparison.Ordinal))
                {
                    yield return $"{at}: an argument holds the character NUL, which would end it; take it out.";
                }

                foreach (var problem in Placeholders(at, argument, action, mayUseState))
                {
                    yield return problem;
                }
            }
        }

        foreach (var file in action.Files.Where(file => !File.Exists(Path.GetFullPath(file, folder))))
        {
            yield return $"{key}.files: the file '{Path.GetFullPath(file, folder)}' does not exist.";
        }

        if (action.WorkingDirectory is { } directory && !Directory.Exists(Path.GetFullPath(directory, folder)))
        {
            yield return $"{key}.workingDirectory: the folder '{Path.GetFullPath(directory, folder)}' does not exist.";
        }
    }

    private static IEnumerable<string> Placeholders(string at, string text, ActionOptions action, bool mayUseState)
    {
        foreach (var name in Template.Names(text).Distinct(StringComparer.Ordinal))
        {
            if (name.StartsWith(Template.StatePrefix, StringComparison.Ordinal))
            {
                if (!mayUseState)
                {
                    yield return $"{at}: {{{name}}} may only stand in run and undo.";
                }
                else if (action.State.Count == 0)
                {
                    yield return $"{at}: {{{name}}} needs a 'state' command that prints the field.";
                }
            }
            else if (!action.Parameters.Keys.Contains(name, StringComparer.Ordinal))
            {
                yield return $"{at}: {{{name}}} names no parameter; there are {Listed(action.Parameters.Keys)}.";
            }
        }
    }

    private static IEnumerable<string> Texts(string key, ActionOptions action)
    {
        var texts = new[] { ("target", action.Target), ("targetEnvironment", action.TargetEnvironment), ("blast.count", action.Blast.Count), ("blast.share", action.Blast.Share), ("blast.tier", action.Blast.Tier) }
            .Concat(action.Health.Select((check, i) => ($"health[{i}].prometheus", check.Prometheus)));
        foreach (var (name, text) in texts.Where(text => text.Item2 is not null))
        {
            foreach (var problem in Placeholders($"{key}.{name}", text!, action, mayUseState: false))
            {
                yield return problem;
            }
        }

        if (!Template.Names(action.Blast.Count).Any() && !(int.TryParse(action.Blast.Count, NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count > 0))
        {
            yield return $"{key}.blast.count: '{action.Blast.Count}' is neither a number from 1 nor a placeholder.";
        }

        if (action.Blast.Share is { } share && !Template.Names(share).Any()
            && !(double.TryParse(share, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var part) && part is >= 0 and <= 1))
        {
            yield return $"{key}.blast.share: '{share}' is neither a number from 0 to 1 nor a placeholder.";
        }
    }

    private static IEnumerable<string> Risk(string key, ActionOptions action)
    {
        if (action.Risk == RiskOption.Reversible && action.Undo.Count == 0)
        {
            yield return $"{key}.undo: is missing, and a reversible action has one; write the command that takes it back, or risk: irreversible.";
        }

        if (action.Risk == RiskOption.Irreversible && action.Approval.Quorum < 2)
        {
            yield return $"{key}.approval.quorum: is {action.Approval.Quorum}; what cannot be undone is approved by 2 people at least.";
        }
    }

    private IEnumerable<string> Approvers(string key, ActionOptions action)
    {
        if (people is null)
        {
            yield break;
        }

        foreach (var role in action.Approval.Roles.Where(role => !people.Any(person => person.Roles.Contains(role, StringComparer.Ordinal))))
        {
            yield return $"{key}.approval.roles: nobody has the role '{role}'; give it to somebody under 'people'.";
        }

        var able = people.Count(person => person.Roles.Intersect(action.Approval.Roles, StringComparer.Ordinal).Any());
        var quorum = action.Approval.Quorum ?? (action.Risk == RiskOption.Irreversible ? 2 : 1);
        if (able > 0 && able < quorum)
        {
            yield return $"{key}.approval.quorum: {quorum} people must approve, and only {able} has one of the roles {Listed(action.Approval.Roles)}.";
        }
    }

    private IEnumerable<string> Gates(string key, ActionOptions action) =>
        from point in new[] { ("beforeProposal", action.Gates.BeforeProposal), ("before", action.Gates.Before), ("after", action.Gates.After) }
        from gate in point.Item2
        let problem = !GateFiles.IsName(gate) ? "is no name of a program in the gates folder"
            : gates is not null && !File.Exists(gates.PathOf(gate)) ? $"is not in '{gates.Folder}'"
            : null
        where problem is not null
        select $"{key}.gates.{point.Item1}: {ArgumentCheck.Shown(gate)} {problem}; put it there and pin it with 'opsbot gates pin'.";

    private static IEnumerable<string> Environment(string key, ActionOptions action)
    {
        foreach (var (name, value) in action.Environment)
        {
            if (!VariableName().IsMatch(name) || name is "PATH" || name.StartsWith("OPSBOT_", StringComparison.OrdinalIgnoreCase))
            {
                yield return $"{key}.environment: '{name}' cannot be set here: PATH comes from actions.path, OPSBOT_… is OpsBot's own, and a name is letters, digits and '_'.";
            }
            else if (Template.Names(value).Any() || value.Contains('\0', StringComparison.Ordinal))
            {
                yield return $"{key}.environment: {name} is taken as written, so a placeholder in it would stay one; hand the value on as an argument.";
            }
        }
    }

    private static IEnumerable<string> Health(string key, ActionOptions action)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < action.Health.Count; i++)
        {
            var check = action.Health[i];
            if (!names.Add(check.Name))
            {
                yield return $"{key}.health[{i}].name: '{check.Name}' stands twice.";
            }

            if (check.Command.Count > 0 == check.Prometheus is not null)
            {
                yield return $"{key}.health[{i}]: takes its number either from command or from prometheus; set one of them.";
            }
        }
    }

    internal static string Listed(IEnumerable<string> names) => string.Join(", ", names.Take(20)) is { Length: > 0 } list ? list : "none";

    [GeneratedRegex(@"\A[a-z][a-z0-9-]{0,59}\z", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex ActionName();

    [GeneratedRegex(@"\A[A-Za-z_][A-Za-z0-9_]*\z", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex VariableName();
}
