using System.Diagnostics;
using System.Globalization;
using OpsBot.Contracts.Actions;
using OpsBot.IntegrationTests.Support;
using Shouldly;
using Xunit;

namespace OpsBot.IntegrationTests.Actions;

/// <summary>A command that takes its time, in a terminal of a real tmux, here and on another machine behind a real sshd.</summary>
public sealed class LongCommandTests
{
    private const string Tmux = "/usr/bin/tmux", Sshd = "/usr/sbin/sshd";

    private static readonly Dictionary<string, string> NoArguments = [];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task It_outlives_the_program_and_its_telling_lines_come_to_the_thread()
    {
        ServerProcess.Require(Tmux);
        await using var stage = new ActionStage(actions: Action("follow: { lines: [FAILED], silence: 5s }"));
        var script = Script(stage.Folder, $"""
            test -t 0 && echo "on a terminal"
            echo $$ >> started
            {Until("go")}
            printf '\033[31mFAILED\033[0m test_checkout: got 500\n'
            read answer; echo "typed $answer"
            exit 1
            """);
        await stage.OpenIncidentAsync(Cancel);
        var socket = Path.Combine(stage.Folder.Data, "runs", "RUN-1", "run", "tmux");
        Proposal proposal;
        await using (var first = await OpsBotProcess.ServeAsync(stage.Folder, stage.Config, Cancel))
        {
            proposal = await stage.ApprovedAsync("end-to-end", [NoArguments], Cancel);
            await ToldAsync(stage, "Look at its terminal there: opsbot actions attach RUN-1");
            await OpsBotProgram.UntilAsync(
                async () => (await ScreenAsync(socket))?.Contains("on a terminal", StringComparison.Ordinal) == true ? "seen" : null, "the terminal to show what is printed", Cancel);
            await ToldAsync(stage, "RUN-1 is at work and has printed nothing for");
            await first.KillAsync();
        }

        stage.Folder.Write("go", "");
        await using var second = await OpsBotProcess.ServeAsync(stage.Folder, stage.Config, Cancel);
        await ToldAsync(stage, "FAILED test_checkout: got 500");
        (await ScreenAsync(socket)).ShouldNotBeNull().ShouldContain("FAILED test_checkout", customMessage: "whoever attaches sees the same");
        await RunAsync(Tmux, "-S", socket, "send-keys", "-t", "run", "yes", "Enter");
        var run = await stage.RunOfAsync(proposal, Cancel);

        (run.Status, run.ExitCode).ShouldBe((RunStatus.Failed, 1), run.Reason);
        File.ReadAllLines(Path.Combine(Path.GetDirectoryName(script)!, "started")).ShouldHaveSingleItem("it was started once");
        var end = await ToldAsync(stage, "RUN-1: it ended with exit status 1 after");
        end.ShouldContain("1 of its ");
        end.ShouldContain("FAILED test_checkout: got 500");
        end.ShouldContain("typed yes");
        stage.Store.Count("select count(*) - count(distinct delivery_id) from thread_replies").ShouldBe(0);
        Attach(stage, "RUN-1").ShouldContain("no command of it is at work");
    }

    [Fact]
    public async Task Over_ssh_it_runs_there_and_a_connection_that_is_lost_leaves_the_answer_to_the_probe()
    {
        LongRun.Require();
        ServerProcess.Require(Sshd, "/usr/bin/ssh");
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "sshd logs in as root here");
        using var keys = new DataFolder();
        var port = ServerProcess.FreePort();
        await using var sshd = await StartSshdAsync(keys, port);
        var script = Script(keys, $"""
            echo "$OPSBOT_RUN with $OPSBOT_IDEMPOTENCY_KEY; ssh: $SSH_CONNECTION"
            {Until("go")}
            echo done
            """);
        await using var stage = new ActionStage(actions: Action($"""
            host: stage
                  probe: [/bin/sh, -c, "exit 1"]
            """, script) + $$"""
              hosts:
                stage: { address: root@127.0.0.1, port: {{port}}, identity: {{keys.Path}}/key, knownHosts: {{keys.Path}}/known }

            """);
        await stage.OpenIncidentAsync(Cancel);
        await using var serve = await OpsBotProcess.ServeAsync(stage.Folder, stage.Config, Cancel);

        var proposal = await stage.ApprovedAsync("end-to-end", [NoArguments], Cancel);
        keys.Write("go", "");
        var run = await stage.RunOfAsync(proposal, Cancel);
        (run.Status, run.ExitCode).ShouldBe((RunStatus.Verified, 0), run.OutputTail);
        run.OutputTail.ShouldContain($"RUN-1 with {run.IdempotencyKey}; ssh: 127.0.0.1");

        File.Delete(Path.Combine(keys.Path, "go"));
        var lost = await stage.ApprovedAsync("end-to-end", [NoArguments], Cancel);
        await OpsBotProgram.UntilAsync(
            async () => (await stage.RunsAsync(Cancel)).Any(each => each.ProposalId == lost.Id && each.OutputTail?.Contains("RUN-2", StringComparison.Ordinal) == true) ? "at work" : null,
            "the second to be at work", Cancel);
        await RunAsync("/usr/bin/pkill", "-KILL", "-P", sshd.Pid.ToString(CultureInfo.InvariantCulture));
        var left = await stage.RunOfAsync(lost, Cancel);
        left.Status.ShouldBe(RunStatus.Failed);
        left.Reason.ShouldBe("The connection to the other machine was lost, or never stood; the probe says that it was not done.");
        left.HoldsTarget.ShouldBeFalse();
    }

    private static string Action(string more, string program = "./long.sh") => $"""
            end-to-end:
              description: Run the end-to-end tests
              risk: irreversible
              target: stage
              run: [{program}]
              timeLimit: 10m
              terminal: true
              {more}

        """;

    private static string Script(DataFolder folder, string lines) => folder.Write("long.sh", $"#!/bin/sh\ncd \"$(dirname \"$0\")\"\n{lines}\n", executable: true);

    private static string Until(string file) => $"while ! test -e {file}; do sleep 0.1; done";

    private static async Task<string> ToldAsync(ActionStage stage, string text) => await OpsBotProgram.UntilAsync(
        () => Task.FromResult(stage.Store.Lines("select text from thread_replies").FirstOrDefault(reply => reply.Contains(text, StringComparison.Ordinal))), $"the thread to say '{text}'", Cancel);

    private static async Task<string?> ScreenAsync(string socket) => File.Exists(socket) ? await RunAsync(Tmux, "-S", socket, "capture-pane", "-p", "-t", "run") : null;

    private static string Attach(ActionStage stage, string run) =>
        OpsBotProgram.RunAsync(stage.Folder, Cancel, "actions", "attach", run, "--config", stage.Config, "--data", stage.Folder.Data).GetAwaiter().GetResult().Error;

    private static async Task<string> RunAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false })!;
        var output = await process.StandardOutput.ReadToEndAsync(Cancel);
        await process.WaitForExitAsync(Cancel);
        return output;
    }

    private static async Task<ServerProcess> StartSshdAsync(DataFolder keys, int port)
    {
        foreach (var name in (string[])["host", "key"])
        {
            await RunAsync("/usr/bin/ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", Path.Combine(keys.Path, name));
        }

        File.Copy(Path.Combine(keys.Path, "key.pub"), Path.Combine(keys.Path, "authorized"));
        keys.Write("known", FormattableString.Invariant($"[127.0.0.1]:{port} {File.ReadAllText(Path.Combine(keys.Path, "host.pub"))}"));
        Directory.CreateDirectory("/run/sshd");
        var server = ServerProcess.Start(
            Sshd, "-D", "-e", "-f", "/dev/null", "-p", port.ToString(CultureInfo.InvariantCulture), "-o", "ListenAddress=127.0.0.1", "-h", Path.Combine(keys.Path, "host"),
            "-o", $"AuthorizedKeysFile={keys.Path}/authorized", "-o", "StrictModes=no", "-o", "PermitRootLogin=prohibit-password", "-o", "PidFile=none", "-o", "UsePAM=no");
        await OpsBotProgram.UntilAsync(() => Task.FromResult(server.Printed.Contains("Server listening", StringComparison.Ordinal) ? "listens" : null), "sshd", Cancel);
        return server;
    }
}
