using Microsoft.Extensions.DependencyInjection;
using OpsBot.Actions.Catalog;
using OpsBot.Tests.Support;

namespace OpsBot.Tests.Actions.Attacks;

/// <summary>What would be executed is changed between the decision and the run.</summary>
internal static class FileAttacks
{
    private const int Few = 5;

    public static readonly Attack[] All =
    [
        new("the program is replaced", "effect.sh' has other contents",
            (stage, n) => SwappedAsync(stage, n, () => stage.Program("effect.sh", $"echo stolen{n} >> '{stage.In("effects")}'"))),
        new("the program is replaced by one of the same size and time", "effect.sh' has other contents",
            (stage, n) => SwappedAsync(stage, n, () =>
            {
                var path = stage.In("effect.sh");
                var (was, time) = (File.ReadAllText(path), File.GetLastWriteTimeUtc(path));
                File.WriteAllText(path, was.Replace("$*", "$1", StringComparison.Ordinal));
                File.SetLastWriteTimeUtc(path, time);
                new FileInfo(path).Length.ShouldBe(was.Length);
            })),
        new("the program that undoes is replaced", "undo.sh' has other contents",
            (stage, n) => SwappedAsync(stage, n, () => stage.Program("undo.sh", $"echo undone{n} >> '{stage.In("effects")}'"))),
        new("the program that reads the state is replaced", "state.sh' has other contents",
            (stage, n) => SwappedAsync(stage, n, () => stage.Program("state.sh", $"echo '{{\"version\":\"4\"}}' # {n}"))),
        new("the program is taken away", "effect.sh' does not exist", (stage, n) => SwappedAsync(stage, n, () => File.Delete(stage.In("effect.sh"))), Attempts: Few),
        new("the program loses its right to be executed", "effect.sh' is not executable",
            (stage, n) => SwappedAsync(stage, n, () => ActionStage.SetMode(stage.In("effect.sh"), UnixFileMode.UserRead | UnixFileMode.UserWrite)), Attempts: Few),
        new("a link to the program is swapped", "would be executed",
            (stage, n) => LinkedAsync(stage, n, () =>
            {
                File.Delete(stage.In("linked"));
                File.CreateSymbolicLink(stage.In("linked"), stage.Program($"evil{n}", "echo stolen"));
            }),
            services => services.PostConfigure<ActionsOptions>(UseLink), Attempts: Few),
        new("the interpreter of the program is swapped", "interpreter' has other contents",
            (stage, n) => InterpretedAsync(stage, n), Attempts: Few),
        new("a declared file of the action is changed", "library' has other contents",
            async (stage, n) =>
            {
                await File.WriteAllTextAsync(stage.In("library"), "good", ActionStage.Token);
                stage.Restart(services => services.PostConfigure<ActionsOptions>(options => options.Catalog[ActionStage.RollBack].Files = [stage.In("library")]));
                var proposal = await stage.ApprovedAsync($"s{n}");
                await File.WriteAllTextAsync(stage.In("library"), $"bad {n}", ActionStage.Token);
                return await stage.RunAsync(proposal) ?? "";
            }, Attempts: Few),
        new("a program of the same name shadows it in an earlier folder", "would be executed",
            async (stage, n) =>
            {
                foreach (var folder in new[] { "early", "late" })
                    Directory.CreateDirectory(stage.In(folder));
                File.Delete(stage.In("early/tool"));
                stage.Program("late/tool", $"echo \"$*\" >> '{stage.In("effects")}'");
                stage.Restart(services => services.PostConfigure<ActionsOptions>(options =>
                {
                    options.Path = [stage.In("early"), stage.In("late"), "/usr/bin", "/bin"];
                    options.Catalog[ActionStage.RollBack].Run[0] = "tool";
                }));
                var proposal = await stage.ApprovedAsync($"s{n}");
                stage.Program("early/tool", $"echo stolen >> '{stage.In("effects")}'");
                return await stage.RunAsync(proposal) ?? "";
            }, Attempts: Few),
        new("a folder on the way to the program is replaced by a link", "would be executed",
            async (stage, n) =>
            {
                foreach (var folder in new[] { $"real{n}", $"evil{n}" })
                    Directory.CreateDirectory(stage.In(folder));
                stage.Program($"real{n}/tool", "exit 0");
                stage.Program($"evil{n}/tool", $"echo stolen >> '{stage.In("effects")}'");
                Directory.CreateSymbolicLink(stage.In($"way{n}"), stage.In($"real{n}"));
                stage.Restart(services => services.PostConfigure<ActionsOptions>(options => options.Catalog[ActionStage.RollBack].Run[0] = stage.In($"way{n}/tool")));
                var proposal = await stage.ApprovedAsync($"s{n}");
                Directory.Delete(stage.In($"way{n}"));
                Directory.CreateSymbolicLink(stage.In($"way{n}"), stage.In($"evil{n}"));
                return await stage.RunAsync(proposal) ?? "";
            }, Attempts: Few),
    ];

    private static async Task<string> SwappedAsync(ActionStage stage, int n, Action swap)
    {
        string[] programs = ["effect.sh", "undo.sh", "state.sh"];
        var before = programs.ToDictionary(name => name, name => File.ReadAllText(stage.In(name)));
        var proposal = await stage.ApprovedAsync($"s{n}");
        swap();
        var told = await stage.RunAsync(proposal);
        foreach (var (name, text) in before)
            stage.Program(name, text.Split('\n', 2)[1].TrimEnd('\n'));
        return told ?? "";
    }

    private static void UseLink(ActionsOptions options)
    {
        var run = options.Catalog[ActionStage.RollBack].Run;
        run[0] = Path.Combine(Path.GetDirectoryName(run[0])!, "linked");
    }

    private static async Task<string> LinkedAsync(ActionStage stage, int n, Action swap)
    {
        File.Delete(stage.In("linked"));
        File.CreateSymbolicLink(stage.In("linked"), stage.In("effect.sh"));
        var proposal = await stage.ApprovedAsync($"s{n}");
        swap();
        return await stage.RunAsync(proposal) ?? "";
    }

    private static async Task<string> InterpretedAsync(ActionStage stage, int n)
    {
        var interpreter = stage.In("interpreter");
        File.Copy("/bin/sh", interpreter, overwrite: true);
        stage.Program("effect.sh", $"echo \"$*\" >> '{stage.In("effects")}'", interpreter);
        var proposal = await stage.ApprovedAsync($"s{n}");
        File.Delete(interpreter);
        File.Copy("/bin/cat", interpreter);
        return await stage.RunAsync(proposal) ?? "";
    }
}
