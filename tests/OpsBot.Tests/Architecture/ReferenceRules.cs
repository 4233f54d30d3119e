namespace OpsBot.Tests.Architecture;

/// <summary>Who may know whom. The same rules are held against project files and against compiled assemblies.</summary>
internal static class ReferenceRules
{
    private const string Contracts = "OpsBot.Contracts", Runtime = "OpsBot.Runtime", Signals = "OpsBot.Signals", Agent = "OpsBot.Agent", Storage = "OpsBot.Storage",
        Ingress = "OpsBot.Ingress", Evidence = "OpsBot.Evidence", Incidents = "OpsBot.Incidents", Knowledge = "OpsBot.Knowledge",
        Diagnosis = "OpsBot.Diagnosis", Actions = "OpsBot.Actions", Chat = "OpsBot.Chat", Watches = "OpsBot.Watches", Handlers = "OpsBot.Handlers", Host = "OpsBot.Host";

    /// <summary>What each project may reference; all but Contracts may use Runtime as well.</summary>
    private static readonly Dictionary<string, string[]> Allowed = new(StringComparer.Ordinal)
    {
        [Contracts] = [],
        [Runtime] = [Contracts],
        [Signals] = [Contracts, Runtime],
        [Agent] = [Contracts, Runtime],
        [Storage] = [Contracts, Runtime],
        [Ingress] = [Contracts, Runtime, Storage],
        [Actions] = [Contracts, Runtime, Storage],
        [Chat] = [Contracts, Runtime, Storage],
        [Incidents] = [Contracts, Runtime, Storage],
        [Knowledge] = [Contracts, Runtime, Storage],
        [Evidence] = [Contracts, Runtime, Signals],
        [Diagnosis] = [Contracts, Runtime, Evidence, Signals, Agent, Knowledge],
        [Watches] = [Contracts, Runtime, Storage, Evidence, Signals],
        [Handlers] = [Contracts, Runtime, Signals, Agent, Storage, Evidence, Incidents, Knowledge, Diagnosis, Actions, Chat, Watches],
        [Host] = [Contracts, Runtime, Signals, Agent, Storage, Ingress, Evidence, Incidents, Knowledge, Diagnosis, Actions, Chat, Watches, Handlers],
    };

    /// <summary>Where a library may be seen; the key is also the start of its companions' names (<c>MassTransit.RabbitMQ</c>).</summary>
    private static readonly Dictionary<string, string[]> Libraries = new(StringComparer.Ordinal)
    {
        ["Dapper"] = [Storage],
        ["MassTransit"] = [Host, Handlers],
        ["RabbitMQ"] = [Host],
    };

    public static IEnumerable<string> Projects => Allowed.Keys;

    public static IEnumerable<string> Violations(ProjectFile project) =>
        Violations(project.Name, project.Projects, project.Packages);

    /// <summary>Of a compiled assembly, where a reference stands only when something of it is really used.</summary>
    public static IEnumerable<string> Violations(CompiledAssembly assembly)
    {
        var references = assembly.References.Select(reference => reference == "opsbot" ? Host : reference).ToList();
        return Violations(
            assembly.Name == "opsbot" ? Host : assembly.Name,
            references.Where(reference => reference.StartsWith("OpsBot.", StringComparison.Ordinal)),
            references);
    }

    private static IEnumerable<string> Violations(string name, IEnumerable<string> projects, IEnumerable<string> libraries)
    {
        if (!Allowed.TryGetValue(name, out var allowed))
        {
            yield return $"{name} has no row in ReferenceRules; add what it may reference";
            yield break;
        }

        foreach (var project in projects.Except(allowed))
        {
            yield return $"{name} references {project}; allowed: {(allowed.Length == 0 ? "nothing" : string.Join(", ", allowed))}";
        }

        foreach (var library in libraries)
        {
            foreach (var (root, places) in Libraries)
            {
                if ((library == root || library.StartsWith(root + ".", StringComparison.Ordinal)) && !places.Contains(name))
                {
                    yield return $"{name} sees {library}; only {string.Join(" and ", places)} may";
                }
            }
        }
    }
}
