using System.Globalization;
using System.Text.Json.Nodes;
using OpsBot.Contracts.Actions;
using OpsBot.Tests.Support;

namespace OpsBot.Tests.Actions.Gates;

/// <summary>Nothing but exit status 0 of exactly what was pinned passes.</summary>
public sealed class GateVerdictTests : IDisposable
{
    private readonly GatesFolder _gates = new();

    public void Dispose() => _gates.Dispose();

    [Fact]
    public async Task Exit_status_0_passes_with_the_first_line_as_reason()
    {
        var verdict = await _gates.With("ok.sh", "#!/bin/sh\necho all is well\necho more\n").Pinned().AskAsync("ok.sh");
        (verdict.Passed, verdict.Reason).ShouldBe((true, "all is well"));
    }

    [Fact]
    public async Task A_gate_is_told_the_question_the_point_and_the_time()
    {
        _gates.With("told.py", "#!/usr/bin/env python3\nimport json, sys\nq = json.load(sys.stdin)\nprint(q['point'], q['n'], q['at'][:2])\n").Pinned();
        (await _gates.AskAsync("told.py", new JsonObject { ["n"] = 7, ["point"] = "forged" })).Reason.ShouldBe("before-run 7 20");
    }

    [Fact]
    public async Task A_gate_gets_nothing_of_ours_and_a_private_folder_that_is_gone_afterwards()
    {
        Environment.SetEnvironmentVariable("OPSBOT_TEST_CANARY", "leak");
        var told = _gates.Beside("told");
        var script = $$"""
            #!/bin/sh
            { env | sort; echo "cwd=$(pwd) mode=$(stat -c %a .) self=$(stat -c %a "$0") name=$0"; } > {{told}}
            """;
        (await _gates.With("look.sh", script).Pinned().AskAsync("look.sh")).Passed.ShouldBeTrue();
        var lines = await File.ReadAllLinesAsync(told, TestContext.Current.CancellationToken);
        var home = lines.Single(line => line.StartsWith("HOME=", StringComparison.Ordinal))["HOME=".Length..];
        // the shell adds PWD, OLDPWD, _ by itself
        lines.Where(line => !line.StartsWith("PWD=", StringComparison.Ordinal) && !line.StartsWith("OLDPWD=", StringComparison.Ordinal) && !line.StartsWith("_=", StringComparison.Ordinal))
            .ShouldBe([$"HOME={home}", "LANG=C.UTF-8", "PATH=/usr/bin:/bin", $"cwd={home} mode=700 self=500 name={home}/look.sh"]);
        Directory.Exists(home).ShouldBeFalse();
    }

    [Theory]
    [InlineData("exit 1", "denied with exit status 1 and gave no reason")]
    [InlineData("echo '{\"pass\":true}'; exit 1", "{\"pass\":true}")]
    [InlineData("echo passed; exit 2", "passed")]
    [InlineData("echo why >&2; exit 3", "why")]
    [InlineData("kill -9 $$", "was ended by signal 9")]
    [InlineData("kill -TERM $$", "was ended by signal 15")]
    [InlineData("exec 0<&-; echo no question wanted; exit 1", "no question wanted")]
    [InlineData("printf 'ok\\377\\n'", "printed something that is not text in UTF-8; what it meant to say is not known")]
    [InlineData("printf 'ok\\000\\n'", "printed something that is not text in UTF-8; what it meant to say is not known")]
    [InlineData("printf '\\377' >&2", "printed something that is not text in UTF-8; what it meant to say is not known")]
    [InlineData("head -c 100000000 /dev/zero | tr '\\0' a", "printed more than 65536 bytes; what it meant to say is not known")]
    [InlineData("head -c 70000 /dev/zero | tr '\\0' a >&2", "printed more than 65536 bytes; what it meant to say is not known")]
    [InlineData("no-such-program", "no-such-program")]
    public async Task Anything_else_denies_and_says_why(string body, string reason)
    {
        var verdict = await _gates.With("deny.sh", $"#!/bin/sh\n{body}\n").Pinned().AskAsync("deny.sh");
        verdict.Passed.ShouldBeFalse();
        verdict.Reason.ShouldContain(reason);
    }

    [Fact]
    public async Task A_gate_that_closes_its_input_at_once_may_still_pass()
    {
        var question = new JsonObject { ["much"] = new string('x', 500_000) };
        (await _gates.With("deaf.sh", "#!/bin/sh\nexec 0<&-\nexit 0\n").Pinned().AskAsync("deaf.sh", question)).Passed.ShouldBeTrue();
    }

    [Fact]
    public async Task A_hanging_gate_is_killed_at_its_limit_with_its_children()
    {
        _gates.Options.TimeLimit = TimeSpan.FromSeconds(1);
        var pids = _gates.Beside("pids");
        var verdict = await _gates.With("hang.sh", $"#!/bin/sh\nsleep 300 & echo $! > {pids}\nsleep 300\n").Pinned().AskAsync("hang.sh");
        (verdict.Passed, verdict.Reason).ShouldBe((false, "gave no answer within 1 s and was killed"));
        IsAlive(await PidAsync(pids)).ShouldBeFalse();
    }

    [Fact]
    public async Task What_a_gate_leaves_running_is_killed_and_cannot_hold_up_the_answer()
    {
        var pids = _gates.Beside("pids");
        // the child of a child that is gone: nobody's child any more, and it keeps the outputs open
        _gates.With("fork.sh", $"#!/bin/sh\n( sleep 300 & echo $! > {pids} )\necho left something running\nexit 1\n").Pinned();
        var begun = TimeProvider.System.GetTimestamp();
        var verdict = await _gates.AskAsync("fork.sh");
        (verdict.Passed, verdict.Reason).ShouldBe((false, "left something running"));
        TimeProvider.System.GetElapsedTime(begun).ShouldBeLessThan(TimeSpan.FromSeconds(15));
        IsAlive(await PidAsync(pids)).ShouldBeFalse();
    }

    [Fact]
    public async Task Every_gate_is_asked_although_one_denies()
    {
        _gates.With("a.sh", "#!/bin/sh\nexit 1\n").With("b.sh", "#!/bin/sh\necho fine\n").With("c.sh", "#!/bin/sh\nexit 1\n").Pinned();
        var verdicts = await _gates.Keeper().AskAsync(GatePoint.BeforeClose, ["a.sh", "b.sh", "c.sh"], [], TestContext.Current.CancellationToken);
        verdicts.Select(verdict => (verdict.Gate, verdict.Passed)).ShouldBe([("a.sh", false), ("b.sh", true), ("c.sh", false)]);
    }

    [Fact]
    public async Task A_reason_is_one_short_line_without_secrets_or_control_characters()
    {
        var script = "#!/bin/sh\nprintf '\\033[31m\\342\\200\\256token=ghp_abcdefghijklmnopqrstuvwxyz0123456789 %s' \"$(head -c 5000 /dev/zero | tr '\\0' x)\"\nexit 1\n";
        var reason = (await _gates.With("loud.sh", script).Pinned().AskAsync("loud.sh")).Reason;
        reason.ShouldStartWith("[31mtoken=[redacted:");
        reason.Length.ShouldBeLessThan(320);
    }

    [Fact]
    public async Task Cancellation_is_no_verdict()
    {
        _gates.With("hang.sh", "#!/bin/sh\nsleep 300\n").Pinned();
        using var cancel = new CancellationTokenSource(TimeSpan.FromMilliseconds(300), TimeProvider.System);
        await Should.ThrowAsync<OperationCanceledException>(() => _gates.Keeper().AskAsync(GatePoint.BeforeRun, ["hang.sh"], [], cancel.Token));
    }

    private static async Task<int> PidAsync(string file) =>
        int.Parse(await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken), CultureInfo.InvariantCulture);

    private static bool IsAlive(int pid)
    {
        var stat = $"/proc/{pid}/stat";
        try
        {
            // killed and not yet asked for by its parent is not alive
            return File.Exists(stat) && !File.ReadAllText(stat).Contains(") Z ", StringComparison.Ordinal);
        }
        catch (IOException)
        {
            return false;
        }
    }
}
