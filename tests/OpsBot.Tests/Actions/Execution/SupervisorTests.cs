using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using OpsBot.Actions.Execution.Supervision;
using OpsBot.Runtime.Processes;

namespace OpsBot.Tests.Actions.Execution;

/// <summary>With the real program: one command, started at most once whatever happens to its folder.</summary>
public sealed class SupervisorTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly string _root = Directory.CreateTempSubdirectory("opsbot-supervisor-").FullName;
    private readonly SupervisorLauncher _launcher = new(SupervisorProgram.OfThisInstallation());

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private string Effects => Path.Combine(_root, "effects");

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public async Task It_records_how_the_command_ended_and_a_digest_of_all_that_it_printed()
    {
        var (folder, digest) = Prepare("i=0; while [ $i -lt 2000 ]; do echo \"line $i\"; i=$((i+1)); done; echo oops >&2; exit 7", outputLimit: 1000);

        var exit = await RunAsync(folder, digest);

        var printed = string.Concat(Enumerable.Range(0, 2000).Select(i => $"line {i}\n")) + "oops\n";
        (exit.ExitCode, exit.Signal, exit.NotStarted, exit.TimedOut).ShouldBe((7, null, null, false));
        exit.OutputDigest.ShouldBe(Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(printed))));
        exit.OutputBytes.ShouldBe(printed.Length);
        var kept = folder.ReadOutput(1 << 20);
        kept.Length.ShouldBeLessThan(1100);
        kept.ShouldStartWith("line 0\n");
        kept.ShouldEndWith("oops\n");
    }

    [Fact]
    public async Task A_command_with_a_terminal_has_one_with_and_without_tmux_and_its_lines_are_kept()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "terminals are made on Linux only");
        foreach (var tmux in (string?[])[null, File.Exists("/usr/bin/tmux") ? "/usr/bin/tmux" : null])
        {
            var folder = new RunFolder(Path.Combine(_root, $"run-{tmux is null}-{Guid.NewGuid():N}"[..12]));
            var spec = Spec("test -t 0 && test -t 1 && test -t 2 && echo terminal; stty size; printf 'FAILED one\\nbye\\n'; exit 3") with { Terminal = true, Lines = ["FAILED"] };
            var digest = folder.Prepare(spec, TimeProvider.System.GetUtcNow());
            var launcher = new SupervisorLauncher(SupervisorProgram.OfThisInstallation(), tmux);
            launcher.CanAttach(folder).ShouldBe(tmux is not null);
            using var launched = launcher.Launch(folder, digest, launcher.CanAttach(folder));

            FolderSight sight = folder.Look(digest, startSeen: false, "NOBODY=has this");
            await UntilAsync(() => (sight = folder.Look(digest, startSeen: false, "NOBODY=has this")).Progress == FolderProgress.Ended);
            sight.Exit!.ExitCode.ShouldBe(3);
            folder.ReadOutput(4096).ShouldBe("terminal\r\n50 200\r\nFAILED one\r\nbye\r\n");
            var lines = folder.ReadLines(digest).ShouldNotBeNull();
            (lines.Lines, lines.First.ShouldHaveSingleItem().Text, lines.End[^1]).ShouldBe((4, "FAILED one", "bye"));
        }
    }

    [Fact]
    public async Task Arguments_arrive_as_they_are()
    {
        string[] odd = ["", " ", "a b", "; rm -rf /", "$(id)", "--all", "new\nline", "käse 🧀", "*", "'\""];
        var (folder, digest) = Prepare("for each in \"$@\"; do printf '<%s>' \"$each\"; done", more: odd);

        await RunAsync(folder, digest);

        folder.ReadOutput(1 << 20).ShouldBe(string.Concat(odd.Select(each => $"<{each}>")));
    }

    [Fact]
    public async Task However_many_supervisors_are_launched_the_command_is_started_once()
    {
        var (folder, digest) = Prepare($"echo x >> {Effects}; sleep 0.2");
        var launched = Enumerable.Range(0, 6).Select(_ => _launcher.Launch(folder, digest)).ToList();
        await UntilAsync(() => launched.TrueForAll(each => each.HasEnded));

        (await RunAsync(folder, digest)).ExitCode.ShouldBe(0);
        File.ReadAllLines(Effects).Length.ShouldBe(1);
    }

    [Fact]
    public async Task At_its_time_limit_it_is_ended_with_all_that_it_started()
    {
        // a child that does not care for SIGTERM, and a leader that does
        var (folder, digest) = Prepare("sh -c 'trap \"\" TERM; echo $$; while :; do sleep 0.1; done' & wait", timeLimit: TimeSpan.FromSeconds(1));

        var exit = await RunAsync(folder, digest);

        exit.TimedOut.ShouldBeTrue();
        exit.Signal.ShouldBe(Libc.SigTerm);
        ProcessStart.Of(int.Parse(folder.ReadOutput(1000), CultureInfo.InvariantCulture)).ShouldBeNull("its child is gone too");
    }

    [Fact]
    public async Task It_is_deaf_to_what_is_meant_for_its_parent()
    {
        var (folder, digest) = Prepare($"echo x >> {Effects}; sleep 0.5; echo end");
        using var launched = _launcher.Launch(folder, digest);
        await UntilAsync(() => File.Exists(Effects));

        foreach (var signal in (int[])[Libc.SigInt, Libc.SigHup, Libc.SigTerm, Libc.SigQuit])
        {
            Libc.Kill(launched.Pid, signal).ShouldBe(0);
        }

        (await RunAsync(folder, digest)).ExitCode.ShouldBe(0);
        folder.ReadOutput(1000).ShouldBe("end\n");
    }

    [Fact]
    public async Task A_file_that_is_not_as_it_was_approved_is_not_executed()
    {
        var script = Path.Combine(_root, "script.sh");
        await File.WriteAllTextAsync(script, $"echo x >> {Effects}\n", Token);
        var (folder, digest) = Prepare(null, script: script);
        await File.AppendAllTextAsync(script, "# one more line\n", Token);

        var exit = await RunAsync(folder, digest);

        exit.NotStarted!.ShouldContain($"'{script}' is not as it was approved");
        File.Exists(Effects).ShouldBeFalse();
    }

    [Theory]
    [InlineData("spec.json", "")]
    [InlineData("spec.json", "{")]
    [InlineData("spec.json", "{\"arguments\":[\"/bin/true\"]}")]
    [InlineData("spec.json", null)]
    public async Task With_a_spec_that_is_not_the_journalled_one_nothing_is_started(string file, string? content)
    {
        var (folder, digest) = Prepare($"echo x >> {Effects}");
        Replace(Path.Combine(folder.Path, file), content);

        (await RunAsync(folder, digest)).NotStarted.ShouldNotBeNull();
        File.Exists(Effects).ShouldBeFalse();
    }

    [Theory]
    [InlineData("started.json", "")]
    [InlineData("started.json", "garbage")]
    [InlineData("started.json", "/")]
    [InlineData("started.json", "->/nowhere")]
    [InlineData("started.json", "{\"spec\":\"another\",\"supervisorPid\":1,\"supervisorStart\":\"1\",\"at\":\"2026-01-01T00:00:00Z\"}")]
    [InlineData("exit.json", "{\"spec\":\"another\",\"exitCode\":0,\"signal\":null,\"notStarted\":null,\"timedOut\":false,\"at\":\"2026-01-01T00:00:00Z\",\"outputDigest\":\"\",\"outputBytes\":0}")]
    [InlineData("exit.json", "garbage")]
    [InlineData("exit.json", "/")]
    [InlineData("pid.json", "garbage")]
    public void What_cannot_be_read_never_leads_to_a_start_and_never_to_success(string file, string content)
    {
        var (folder, digest) = Prepare($"echo x >> {Effects}");
        Replace(Path.Combine(folder.Path, file), content);

        folder.Look(digest, startSeen: false, "NOBODY=has this").Progress.ShouldBe(FolderProgress.Lost);
    }

    [Fact]
    public async Task A_finished_folder_whose_records_are_meddled_with_is_lost_and_never_started_again()
    {
        var (folder, digest) = Prepare($"echo x >> {Effects}");
        await RunAsync(folder, digest);
        var exit = await File.ReadAllBytesAsync(folder.Exit, Token);

        foreach (var length in new[] { 0, 1, exit.Length / 2, exit.Length - 1 })
        {
            await File.WriteAllBytesAsync(folder.Exit, exit[..length], Token);
            folder.Look(digest, startSeen: false, "NOBODY=has this").Progress.ShouldBe(FolderProgress.Lost, $"{length} bytes");
        }

        File.Delete(folder.Exit);
        folder.Look(digest, startSeen: false, "NOBODY=has this").Progress.ShouldBe(FolderProgress.Lost);
        foreach (var file in (string[])[folder.Started, folder.Pid, folder.Output, folder.Lock])
        {
            File.Delete(file);
        }

        folder.Look(digest, startSeen: true, "NOBODY=has this").Progress.ShouldBe(FolderProgress.Lost, "the store remembers that it was started");
        File.ReadAllLines(Effects).Length.ShouldBe(1);
    }

    [Fact]
    public async Task A_command_whose_supervisor_was_killed_is_seen_at_work_and_lost_only_when_it_ended()
    {
        var (folder, digest) = Prepare($"echo x >> {Effects}; read line < {Path.Combine(_root, "go")}; echo unheard; echo y >> {Effects}", fifo: "go");
        int supervisor;
        using (var launched = _launcher.Launch(folder, digest))
        {
            await UntilAsync(() => File.Exists(Effects) && File.Exists(folder.Pid));
            supervisor = launched.Pid;
            using var process = Process.GetProcessById(supervisor);
            process.Kill();
            await process.WaitForExitAsync(Token);
        }

        folder.Look(digest, startSeen: false, "OPSBOT_IDEMPOTENCY_KEY=no").Progress.ShouldBe(FolderProgress.Orphaned);
        File.Delete(folder.Pid);
        folder.Look(digest, startSeen: false, "OPSBOT_IDEMPOTENCY_KEY=key-1").Progress.ShouldBe(FolderProgress.Orphaned, "found by its environment");

        await File.WriteAllTextAsync(Path.Combine(_root, "go"), "go\n", Token);

        await UntilAsync(() => folder.Look(digest, startSeen: false, "OPSBOT_IDEMPOTENCY_KEY=key-1").Progress == FolderProgress.Lost);
        File.ReadAllLines(Effects).ShouldBe(["x", "y"], "what it prints when nobody reads does not end it half-way");
    }

    [Fact]
    public void Preparing_sets_aside_what_another_life_of_the_store_left()
    {
        var (folder, _) = Prepare("true");
        Replace(folder.Started, "old");

        var digest = folder.Prepare(Spec("true"), TimeProvider.System.GetUtcNow());

        folder.Look(digest, startSeen: false, "X=1").Progress.ShouldBe(FolderProgress.NotStarted);
        Directory.EnumerateDirectories(_root, "run.before-*").Count().ShouldBe(1);
    }

    private (RunFolder Folder, string Digest) Prepare(
        string? line, string[]? more = null, int outputLimit = 65536, TimeSpan? timeLimit = null, string? script = null, string? fifo = null)
    {
        if (fifo is not null)
        {
            using var make = Process.Start("mkfifo", [Path.Combine(_root, fifo)]);
            make.WaitForExit();
        }

        var folder = new RunFolder(Path.Combine(_root, "run"));
        return (folder, folder.Prepare(Spec(line, more, outputLimit, timeLimit, script), TimeProvider.System.GetUtcNow()));
    }

    private static CommandSpec Spec(string? line, string[]? more = null, int outputLimit = 65536, TimeSpan? timeLimit = null, string? script = null)
    {
        var shell = new FileInfo("/bin/sh").ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? "/bin/sh";
        string[] files = script is null ? [shell] : [shell, script];
        return new CommandSpec(
            [shell, .. script is null ? ["-c", line!, "sh"] : new[] { script }, .. more ?? []],
            new Dictionary<string, string> { ["OPSBOT_IDEMPOTENCY_KEY"] = "key-1" }, null,
            (long)(timeLimit ?? TimeSpan.FromSeconds(50)).TotalMilliseconds, outputLimit,
            files.ToDictionary(file => file, file => Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(file)))));
    }

    private async Task<ExitRecord> RunAsync(RunFolder folder, string digest)
    {
        using var launched = _launcher.Launch(folder, digest);
        await UntilAsync(() => launched.HasEnded);
        var sight = await SeenAsync(folder, digest);
        return sight.Exit ?? throw new InvalidOperationException($"{sight.Progress}: {(File.Exists(folder.Log) ? await File.ReadAllTextAsync(folder.Log, Token) : "no log")}");
    }

    private static async Task<FolderSight> SeenAsync(RunFolder folder, string digest)
    {
        var sight = folder.Look(digest, startSeen: false, "NOBODY=has this");
        await UntilAsync(() => (sight = folder.Look(digest, startSeen: false, "NOBODY=has this")).Progress is not (FolderProgress.Running or FolderProgress.Starting));
        return sight;
    }

    /// <param name="content">Null: nothing; <c>/</c>: a folder; <c>-&gt;x</c>: a link to x.</param>
    private static void Replace(string path, string? content)
    {
        File.Delete(path);
        switch (content)
        {
            case null:
                break;
            case "/":
                Directory.CreateDirectory(path);
                break;
            case ['-', '>', .. var target]:
                File.CreateSymbolicLink(path, target);
                break;
            default:
                File.WriteAllText(path, content);
                break;
        }
    }

    private static async Task UntilAsync(Func<bool> holds)
    {
        var begun = TimeProvider.System.GetTimestamp();
        while (!holds())
        {
            TimeProvider.System.GetElapsedTime(begun).ShouldBeLessThan(Patience);
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, Token);
        }
    }
}
