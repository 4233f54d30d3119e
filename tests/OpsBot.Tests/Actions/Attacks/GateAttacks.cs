using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using OpsBot.Actions.Catalog;
using OpsBot.Actions.Gates;
using OpsBot.Tests.Support;

namespace OpsBot.Tests.Actions.Attacks;

/// <summary>A gate is silenced, replaced, or says one thing and means another.</summary>
internal static class GateAttacks
{
    private const int Few = 6;

    public static readonly Attack[] All =
    [
        new("a gate prints success and exits 1", "The gate calm denies it: passed",
            (stage, n) => PinnedAsync(stage, n, "echo passed; exit 1")),
        new("a gate exits with a status that some would take for success", "The gate calm denies it",
            (stage, n) => PinnedAsync(stage, n, $"exit {new[] { 2, 3, 99, 126, 127, 255, 64, 77, 124 }[n]}"), Attempts: 9),
        new("a gate hangs", "gave no answer within", (stage, n) => PinnedAsync(stage, n, "exec sleep 60"),
            services => services.PostConfigure<GateOptions>(options => options.TimeLimit = TimeSpan.FromMilliseconds(300)), Attempts: Few),
        new("a gate is ended by a signal", "was ended by signal", (stage, n) => PinnedAsync(stage, n, $"kill -{new[] { 9, 15, 6, 9, 15, 6, 9, 15, 6 }[n]} $$; sleep 5")),
        new("a gate floods its output", "printed more than", (stage, n) => PinnedAsync(stage, n, "head -c 200000 /dev/zero | tr '\\0' 'x'; exit 0"), Attempts: Few),
        new("a gate prints what is no text", "is not text", (stage, n) => PinnedAsync(stage, n, "printf '\\377\\376'; exit 0")),
        new("a gate is replaced after it was pinned", "is not what was pinned",
            (stage, n) => AlteredAsync(stage, n, () => stage.Program("gates/calm", $"exit 0 # {n}"))),
        new("a gate is taken away", "The gate calm denies it", (stage, n) => AlteredAsync(stage, n, () => File.Delete(stage.In("gates/calm")))),
        new("a gate is replaced by a link to a program that passes", "The gate calm denies it",
            (stage, n) => AlteredAsync(stage, n, () =>
            {
                File.Delete(stage.In("gates/calm"));
                File.CreateSymbolicLink(stage.In("gates/calm"), "/bin/true");
            })),
        new("the lock file is emptied", "is not pinned", (stage, n) => AlteredAsync(stage, n, () => File.WriteAllText(stage.In("gates.lock"), new[] { "{}", "", "[]", "null" }[n % 4]))),
        new("the lock file pins the replaced gate twice", "is not pinned",
            (stage, n) => AlteredAsync(stage, n, () =>
            {
                var line = File.ReadAllLines(stage.In("gates.lock")).Single(text => text.Contains("calm", StringComparison.Ordinal)).TrimEnd(',');
                File.WriteAllText(stage.In("gates.lock"), $"{{\n{line},\n{line}\n}}\n");
            })),
        new("an action names a gate outside the gates folder", "is no name of a program in the gates folder",
            async (stage, n) =>
            {
                string[] names = ["../gates/calm", "../effect.sh", "/bin/true", "calm/", "./calm", "--calm"];
                stage.Restart(services => services.PostConfigure<ActionsOptions>(options => options.Catalog[ActionStage.RollBack].Gates.Before = [names[n]]));
                return (await Should.ThrowAsync<OptionsValidationException>(() => stage.ApprovedAsync($"s{n}"))).Message;
            }, Attempts: Few),
        new("a gate before the proposal says no", "does not let roll-back be proposed: not today",
            async (stage, n) =>
            {
                stage.Program("gates/closed", "echo not today; exit 1");
                stage.Get<GatePinning>().Pin();
                stage.Restart(services => services.PostConfigure<ActionsOptions>(options => options.Catalog[ActionStage.RollBack].Gates.BeforeProposal = ["closed"]));
                return await stage.ProposeRefusedAsync(ActionStage.Request($"s{n}"));
            }, Attempts: Few),
    ];

    /// <summary>A person pinned a gate that behaves so.</summary>
    private static async Task<string> PinnedAsync(ActionStage stage, int n, string body)
    {
        var proposal = await stage.ApprovedAsync($"s{n}");
        stage.Program("gates/calm", body);
        stage.Get<GatePinning>().Pin();
        return await stage.RunAsync(proposal) ?? "";
    }

    /// <summary>Nobody pinned what is there now.</summary>
    private static async Task<string> AlteredAsync(ActionStage stage, int n, Action alter)
    {
        File.Delete(stage.In("gates.lock"));
        stage.Program("gates/calm", "exit 0");
        stage.Get<GatePinning>().Pin();
        var proposal = await stage.ApprovedAsync($"s{n}");
        alter();
        return await stage.RunAsync(proposal) ?? "";
    }
}
