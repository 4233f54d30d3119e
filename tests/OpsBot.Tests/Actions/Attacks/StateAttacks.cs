using Microsoft.Extensions.DependencyInjection;
using OpsBot.Tests.Support;

namespace OpsBot.Tests.Actions.Attacks;

/// <summary>The world is another one than people saw.</summary>
internal static class StateAttacks
{
    public static readonly Attack[] All =
    [
        new("the state changes between the decision and the run", "version was 4 and is 5", (stage, n) => ThenAsync(stage, n, """{"version":"5"}""")),
        new("the state has a new field", "replicas was not there and is 3", (stage, n) => ThenAsync(stage, n, """{"version":"4","replicas":3}""")),
        new("the state lacks the field that the command needs", "'state' printed no field 'version'", (stage, n) => ThenAsync(stage, n, """{"release":"4"}""")),
        new("the state smuggles an option into the command", "state.version",
            (stage, n) =>
            {
                string[] values = ["--all", "-rf", "4 --all", "4\\n--all", "$(id)", "..", "4;id", "\u0434", "-"];
                return ThenAsync(stage, n, $"{{\"version\":\"{values[n]}\"}}");
            }, Attempts: 9),
        new("the state is no JSON", "it printed no JSON",
            (stage, n) =>
            {
                string[] texts = ["version: 4", "", "[4", "{'version':'4'}", "{\"version\":\"4\"", "null null", "{\"version\":\"4\",}", "\u0001", "<json/>"];
                return ThenAsync(stage, n, texts[n]);
            }, Attempts: 9),
        new("the state says a field twice", "it printed no JSON", (stage, n) => ThenAsync(stage, n, $$"""{"version":"4","version":"{{n}}"}""")),
        new("the state is nested, so that two readers could differ", "is no text, number or truth value", (stage, n) => ThenAsync(stage, n, """{"version":["4"]}""")),
        new("the program that reads the state fails", "it ended with",
            async (stage, n) =>
            {
                var proposal = await stage.ApprovedAsync($"s{n}");
                Directory.CreateDirectory(stage.In($"state-s{n}"));
                await File.WriteAllTextAsync(stage.In("state-fails"), "", ActionStage.Token);
                return await stage.RunAsync(proposal) ?? "";
            },
            services => services.PostConfigure<OpsBot.Actions.Catalog.ActionsOptions>(options =>
            {
                var state = options.Catalog[ActionStage.RollBack].State;
                File.WriteAllText(state[0], $"#!/bin/sh\nif [ -d '{Path.GetDirectoryName(state[0])}/state-'$1 ]; then exit 3; fi\necho '{{\"version\":\"4\"}}'\n");
            })),
    ];

    private static async Task<string> ThenAsync(ActionStage stage, int n, string state)
    {
        var proposal = await stage.ApprovedAsync($"s{n}");
        await File.WriteAllTextAsync(stage.In($"state-s{n}"), state, ActionStage.Token);
        return await stage.RunAsync(proposal) ?? "";
    }
}
