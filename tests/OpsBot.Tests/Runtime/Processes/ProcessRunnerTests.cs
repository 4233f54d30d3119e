using OpsBot.Runtime.Processes;

namespace OpsBot.Tests.Runtime.Processes;

public sealed class ProcessRunnerTests
{
    private readonly ProcessRunner _runner = new(TimeProvider.System);

    private Task<ProcessResult> Sh(string script, Func<ProcessRequest, ProcessRequest>? with = null)
    {
        var request = new ProcessRequest("/bin/sh", ["-c", script]);
        return _runner.RunAsync(with?.Invoke(request) ?? request, TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Arguments_arrive_as_they_are_and_nothing_is_expanded()
    {
        var result = await _runner.RunAsync(
            new ProcessRequest("/usr/bin/printf", ["%s|", "$HOME; rm -rf /", "*", "a b", "", "\"q\""]), TestContext.Current.CancellationToken);
        result.Output.Text.ShouldBe("$HOME; rm -rf /|*|a b||\"q\"|");
        (result.Outcome, result.ExitCode).ShouldBe((ProcessOutcome.Exited, 0));
    }

    [Fact]
    public async Task The_exit_status_and_both_outputs_are_kept_apart()
    {
        var result = await Sh("echo out; echo err >&2; exit 7");
        (result.ExitCode, result.Output.Text, result.Error.Text).ShouldBe((7, "out\n", "err\n"));
    }

    [Fact]
    public async Task Our_own_environment_is_not_handed_on()
    {
        Environment.SetEnvironmentVariable("OPSBOT_TEST_CANARY", "leak");
        var result = await Sh("env", r => r with { Environment = new Dictionary<string, string> { ["GIVEN"] = "yes" } });
        result.Output.Text.ShouldNotContain("leak");
        result.Output.Text.ShouldContain("GIVEN=yes");
        result.Output.Text.ShouldContain("PATH=");
    }

    [Fact]
    public async Task A_program_over_its_time_limit_is_killed_with_all_that_it_started()
    {
        var result = await Sh("echo started; sleep 321 & echo $!; wait", r => r with { TimeLimit = TimeSpan.FromMilliseconds(700) });
        result.Outcome.ShouldBe(ProcessOutcome.TimedOut);
        result.ExitCode.ShouldBeNull();
        var lines = result.Output.Text.Split('\n');
        lines[0].ShouldBe("started");
        IsAlive(lines[1]).ShouldBeFalse();
    }

    [Fact]
    public async Task Cancellation_kills_the_program()
    {
        using var cancel = new CancellationTokenSource(TimeSpan.FromMilliseconds(500));
        var started = TimeProvider.System.GetTimestamp();
        await Should.ThrowAsync<OperationCanceledException>(
            () => _runner.RunAsync(new ProcessRequest("/bin/sleep", ["60"]), cancel.Token));
        TimeProvider.System.GetElapsedTime(started).ShouldBeLessThan(TimeSpan.FromSeconds(20));
    }

    [Fact]
    public async Task A_daemon_left_behind_that_holds_the_output_does_not_hold_us()
    {
        var result = await Sh("sleep 20 & echo done", r => r with { TimeLimit = TimeSpan.FromSeconds(60) });
        result.Output.Text.ShouldBe("done\n");
        result.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(15));
    }

    [Fact]
    public async Task Head_and_tail_of_a_flood_are_kept_and_the_rest_is_counted()
    {
        var result = await Sh("echo first; head -c 5000000 /dev/zero | tr '\\0' x; echo; echo last", r => r with { MaxOutputBytes = 1000 });
        result.Output.Text.ShouldStartWith("first\n");
        result.Output.Text.ShouldEndWith("last\n");
        result.Output.Text.Length.ShouldBeLessThan(1100);
        result.Output.Bytes.ShouldBe(5_000_012);
        result.Output.CutBytes.ShouldBe(5_000_012 - 1000);
        result.Output.Text.ShouldContain($"{result.Output.CutBytes} bytes cut");
    }

    [Fact]
    public async Task Any_bytes_become_text()
    {
        var result = await Sh("printf 'a\\377\\376\\000b'");
        result.Output.Text.ShouldBe("a\uFFFD\uFFFD\0b");
    }

    [Fact]
    public async Task A_program_that_does_not_exist_is_a_result_that_says_so()
    {
        var result = await _runner.RunAsync(new ProcessRequest("no-such-program-here", []), TestContext.Current.CancellationToken);
        result.Outcome.ShouldBe(ProcessOutcome.NotStarted);
        result.StartError.ShouldNotBeNull().ShouldContain("no-such-program-here");
    }

    [Fact]
    public async Task Standard_input_is_given_and_closed()
    {
        var result = await _runner.RunAsync(new ProcessRequest("/bin/cat", []) { StandardInput = "hello" }, TestContext.Current.CancellationToken);
        result.Output.Text.ShouldBe("hello");
        (await _runner.RunAsync(new ProcessRequest("/bin/cat", []), TestContext.Current.CancellationToken)).Output.Text.ShouldBe("");
    }

    private static bool IsAlive(string pid)
    {
        var stat = $"/proc/{pid}/stat";
        return File.Exists(stat) && !File.ReadAllText(stat).Contains(") Z", StringComparison.Ordinal);
    }
}
