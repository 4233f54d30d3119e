using OpsBot.IntegrationTests.Support;

namespace OpsBot.IntegrationTests.Actions;

/// <summary>A program that keeps things and writes down what is done to them, and the action of the catalog that changes one.</summary>
internal static class ThingToChange
{
    /// <summary>The section with the action, which further entries may follow.</summary>
    public static string Section => $"actions:\n  catalog:\n{Action("change", "Change a thing")}";

    /// <summary>An entry of the catalog.</summary>
    public static string Action(string id, string description) => $"    {id}:\n      description: {description}\n" + """
              parameters:
                name: { description: Which }
                outcome: { type: choice, choices: [good, worse, fails, slow], description: What comes of it }
              risk: reversible
              target: thing/{name}
              run: [./target.sh, run, "{name}", "{outcome}", "{state.version}"]
              undo: [./target.sh, undo, "{name}", "{state.version}"]
              probe: [./target.sh, probe, "{name}"]
              state: [./target.sh, state, "{name}"]
              health:
                - { name: errors, command: [./target.sh, health, "{name}"], tolerance: 0.1, floor: 1, settle: 0s }

        """;

    /// <summary>Puts the program beside the configuration.</summary>
    public static void WriteProgram(DataFolder folder)
    {
        using var resource = typeof(ThingToChange).Assembly.GetManifestResourceStream("target.sh")!;
        using var reader = new StreamReader(resource);
        folder.Write("target.sh", reader.ReadToEnd(), executable: true);
    }
}
