using System.Text.RegularExpressions;

namespace OpsBot.Actions.Catalog;

/// <summary>What must hold of an action's parameters.</summary>
internal static partial class ParameterRules
{
    private static readonly string[] Options =
    [
        "-", "--", "-a", "-A", "-1", "-_", "-rf", "--all", "--a=b", "--a-b", "-a1", "-.", "-/", "-:", "- a",
        .. Enumerable.Range(2, 30).SelectMany(length => new[] { "-" + new string('a', length), "-" + new string('A', length), "-" + new string('1', length) }),
    ];

    public static IEnumerable<string> Problems(string action, ActionOptions options)
    {
        foreach (var (name, parameter) in options.Parameters)
        {
            var key = $"{action}.parameters.{name}";
            if (!ParameterName().IsMatch(name))
            {
                yield return $"{key}: '{name}' is no name of a parameter; write a lower-case letter, then letters, digits and '_'.";
                continue;
            }

            var before = Shape(key, parameter).Concat(parameter.Type switch
            {
                ParameterType.Integer => Integer(key, name, parameter, options),
                ParameterType.Choice => Choice(key, parameter),
                _ => Pattern(key, parameter),
            }).ToList();
            foreach (var problem in before)
            {
                yield return problem;
            }

            if (before.Count == 0 && parameter.Default is { } value && ArgumentCheck.Problem(DefinitionBuilder.Parameter(name, parameter), value) is { } own)
            {
                yield return $"{key}.default: {ArgumentCheck.Shown(value)} {own}.";
            }

            if (!Texts(options).Any(text => Template.Names(text).Contains(name, StringComparer.Ordinal)))
            {
                yield return $"{key}: is used nowhere; write {{{name}}} where it belongs, or take it out.";
            }
        }
    }

    private static IEnumerable<string> Shape(string key, ParameterOptions parameter)
    {
        if (parameter.Type != ParameterType.Text && (parameter.Pattern is not null || parameter.Unicode))
        {
            yield return $"{key}: pattern and unicode belong to type text only.";
        }

        if (parameter.Type != ParameterType.Integer && (parameter.Min is not null || parameter.Max is not null))
        {
            yield return $"{key}: min and max belong to type integer only.";
        }

        if (parameter.Type != ParameterType.Choice && parameter.Choices.Count > 0)
        {
            yield return $"{key}: choices belong to type choice only.";
        }
    }

    private static IEnumerable<string> Integer(string key, string name, ParameterOptions parameter, ActionOptions options)
    {
        if (parameter.Min > parameter.Max)
        {
            yield return $"{key}.min: {parameter.Min} is greater than max, {parameter.Max}.";
        }

        if (parameter.Min is null or < 0 && CatalogRules.Vectors("", options).SelectMany(vector => vector.Vector).Any(text => Template.First(text) == name))
        {
            yield return $"{key}.min: a negative number at the start of an argument would be an option; set min to 0 or more.";
        }
    }

    private static IEnumerable<string> Choice(string key, ParameterOptions parameter)
    {
        if (parameter.Choices.Count == 0)
        {
            yield return $"{key}.choices: is empty; list the values that may be chosen.";
        }

        foreach (var choice in parameter.Choices)
        {
            if (choice.Length == 0 || choice[0] == '-' || Characters.Problem(choice, unicode: false) is not null)
            {
                yield return $"{key}.choices: {ArgumentCheck.Shown(choice)} is empty, begins with '-' or holds more than printable ASCII.";
            }
        }

        if (parameter.Choices.Distinct(StringComparer.Ordinal).Count() < parameter.Choices.Count)
        {
            yield return $"{key}.choices: a value stands twice.";
        }
    }

    private static IEnumerable<string> Pattern(string key, ParameterOptions parameter)
    {
        if (parameter.Pattern is not { } pattern)
        {
            yield break;
        }

        Regex? compiled = null;
        string? problem = null;
        try
        {
            compiled = ArgumentCheck.Compile(pattern);
        }
        catch (Exception error) when (error is ArgumentException or NotSupportedException)
        {
            problem = error is NotSupportedException ? "needs look-arounds, back-references or the like, which are not supported here" : error.Message.TrimEnd('.');
        }

        if (problem is not null)
        {
            yield return $"{key}.pattern: {ArgumentCheck.Shown(pattern)} is no pattern that can be used: {problem}.";
        }
        else if (Options.FirstOrDefault(compiled!.IsMatch) is { } option)
        {
            yield return $"{key}.pattern: {ArgumentCheck.Shown(pattern)} takes '{option}', which a program would take for an option; begin it with [A-Za-z0-9] for example.";
        }
        else if (compiled.IsMatch(""))
        {
            yield return $"{key}.pattern: {ArgumentCheck.Shown(pattern)} takes an empty text, which is never an argument; ask for one character at least.";
        }
    }

    private static IEnumerable<string> Texts(ActionOptions options) =>
    [
        .. CatalogRules.Vectors("", options).SelectMany(vector => vector.Vector), options.Target, options.TargetEnvironment ?? "", options.Blast.Count, options.Blast.Share ?? "",
        options.Blast.Tier ?? "", .. options.Health.Select(check => check.Prometheus ?? ""),
    ];

    [GeneratedRegex(@"\A[a-z][A-Za-z0-9_]{0,39}\z", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex ParameterName();
}
