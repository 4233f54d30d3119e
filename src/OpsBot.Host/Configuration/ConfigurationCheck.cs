using Microsoft.Extensions.Options;

namespace OpsBot.Host.Configuration;

/// <summary>Holds the whole configuration against the sections and says everything that is wrong with it, at once.</summary>
public static class ConfigurationCheck
{
    private const int MaxProblems = 200;

    /// <param name="services">Where given, each registered <see cref="IValidateOptions{TOptions}"/> of a section and each <see cref="IStartRule"/> is asked as well.</param>
    /// <returns>In the order of the file; empty where the program may start.</returns>
    public static IReadOnlyList<ConfigProblem> Run(LoadedConfiguration loaded, IEnumerable<ConfigSection> sections, IServiceProvider? services = null)
    {
        var all = sections.ToList();
        var problems = new List<ConfigProblem>(loaded.Problems);
        if (loaded.IsReadable)
        {
            var binder = new OptionsBinder([.. all.Select(section => section.Name)], problems);
            UnknownAround(binder, loaded.Root, "", [.. all.Select(section => section.Name)], problems);
            foreach (var section in all)
            {
                Check(loaded, section, binder, services, problems);
            }
        }

        if (services is not null && problems.Count == 0)
        {
            problems.AddRange(services.GetServices<IStartRule>().SelectMany(rule => rule.Problems().Select(problem => Place(loaded, rule.Section, problem))));
        }

        var secrets = loaded.Secrets();
        return [.. problems.Select(problem => problem with { Message = Scrub(problem.Message, secrets) })
            .Distinct().OrderBy(problem => Included(loaded, problem), StringComparer.Ordinal).ThenBy(problem => problem.Line).Take(MaxProblems)];
    }

    /// <summary>The included file that a problem is in; nothing for the configuration itself and the environment, which come first.</summary>
    private static string Included(LoadedConfiguration loaded, ConfigProblem problem) =>
        problem.Line == 0 || problem.File == loaded.Root.Origin.File ? "" : problem.File;

    private static void Check(
        LoadedConfiguration loaded, ConfigSection section, OptionsBinder binder, IServiceProvider? services, List<ConfigProblem> problems)
    {
        var options = Activator.CreateInstance(section.OptionsType)
            ?? throw new InvalidOperationException($"The section {section.Name} has type {section.OptionsType}, which cannot be made.");
        var before = problems.Count;
        var node = loaded.Root.Find(section.Name);
        binder.Bind(options, node, section.Name);
        new OptionsValidation(services, problems).Validate(options, node, loaded.Root.Origin, section.Name);
        if (services is null || problems.Count > before)
        {
            return;
        }

        var contract = typeof(IValidateOptions<>).MakeGenericType(section.OptionsType);
        var validate = contract.GetMethod(nameof(IValidateOptions<object>.Validate))!;
        foreach (var validator in services.GetServices(contract).Where(validator => validator is not ISectionValidator))
        {
            var result = (ValidateOptionsResult)validate.Invoke(validator, [Options.DefaultName, options])!;
            problems.AddRange((result.Failures ?? []).Select(failure => Place(loaded, section.Name, failure)));
        }
    }

    /// <summary>A failure that opens with the key it is about (<c>senders.github.secrets is…</c>) belongs to that line, any other to the section.</summary>
    private static ConfigProblem Place(LoadedConfiguration loaded, string section, string failure)
    {
        var key = failure.Split([' ', ':'], 2)[0].TrimEnd('.', ',');
        // a rule between two sections may blame the other one, where something is written there
        var names = (key.Contains('.', StringComparison.Ordinal) && loaded.Root.Find(key) is not null) || key.Equals(section, StringComparison.OrdinalIgnoreCase) || key.StartsWith(section + ".", StringComparison.OrdinalIgnoreCase)
            || key.StartsWith(section + "[", StringComparison.OrdinalIgnoreCase);
        var node = loaded.Root.Find(section);
        for (var path = names ? key : section; path.Length > 0; path = path[..Math.Max(0, path.LastIndexOf('.'))])
        {
            if (loaded.Root.Find(path) is { } written)
            {
                node = written;
                break;
            }
        }

        return (node?.Origin ?? loaded.Root.Origin).Problem(names ? ShownText.Bound(failure) : $"{section}: {ShownText.Bound(failure)}");
    }

    /// <summary>Keys outside of every section: at the top, and in maps that only hold sections.</summary>
    private static void UnknownAround(OptionsBinder binder, MapNode map, string path, IReadOnlyCollection<string> names, List<ConfigProblem> problems)
    {
        foreach (var entry in map.Entries)
        {
            var key = ConfigNames.Join(path, entry.Key);
            if (!binder.IsSection(key))
            {
                problems.Add(OptionsBinder.Unknown(entry, key, [.. binder.Sections(path)]));
            }
            else if (!names.Contains(key, StringComparer.OrdinalIgnoreCase))
            {
                if (entry.Value is MapNode inner)
                {
                    UnknownAround(binder, inner, key, names, problems);
                }
                else if (entry.Value is not ScalarNode { Value: null })
                {
                    problems.Add(entry.KeyOrigin.Problem($"{key}: expects keys below it; known here: {string.Join(", ", binder.Sections(key))}"));
                }
            }
        }
    }

    private static string Scrub(string message, IReadOnlySet<string> secrets) =>
        secrets.Aggregate(message, (text, secret) => text.Replace(secret, "[redacted]", StringComparison.Ordinal));
}
