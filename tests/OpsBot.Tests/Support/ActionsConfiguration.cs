using Microsoft.Extensions.DependencyInjection;
using OpsBot.Host.Configuration;
using OpsBot.Host.Serving;

namespace OpsBot.Tests.Support;

/// <summary>Holds a text against everything that 'opsbot config check' holds it against.</summary>
internal static class ActionsConfiguration
{
    public static IReadOnlyList<string> Problems(string yaml, string file = "opsbot.yaml")
    {
        var loaded = OpsBotConfiguration.Parse(yaml, file);
        var services = new ServiceCollection().AddLogging().AddOpsBot(loaded, new ServeSettings(Path.GetTempPath()));
        using var provider = services.BuildServiceProvider();
        return [.. ConfigurationCheck.Run(loaded, services.Sections(), provider).Select(problem => problem.ToString())];
    }

    /// <summary>The same of an action that holds but for the lines given; they replace those with the same key.</summary>
    public static IReadOnlyList<string> ProblemsOfAction(params string[] lines)
    {
        var action = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["description"] = "description: Purge a cache",
            ["parameters"] = "parameters: {cache: {}}",
            ["risk"] = "risk: reversible",
            ["target"] = "target: cache/{cache}",
            ["run"] = "run: [echo, purge, \"{cache}\"]",
            ["undo"] = "undo: [echo, restore, \"{cache}\"]",
        };
        foreach (var line in lines)
        {
            action[line.Split(':')[0]] = line;
        }

        return Problems(
            "people: [{id: ada, roles: [oncall]}, {id: grace, roles: [oncall]}]\nactions:\n  catalog:\n    purge-cache:\n"
            + string.Concat(action.Values.Where(line => !line.EndsWith(':')).Select(line => $"      {line}\n")));
    }
}
