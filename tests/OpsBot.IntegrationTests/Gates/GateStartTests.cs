using System.Diagnostics;
using OpsBot.IntegrationTests.Support;
using Shouldly;
using Xunit;

namespace OpsBot.IntegrationTests.Gates;

/// <summary>The real executable as another account: it starts only where that account cannot change the gates.</summary>
public sealed class GateStartTests : IDisposable
{
    // nobody's, on every Linux
    private const string Account = "65534";

    // not below /tmp: whoever may write there could put another folder in the place of ours
    private readonly string _home = $"/opt/opsbot-gate-test-{Guid.NewGuid():N}";
    private readonly DataFolder _folder = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private string Config => Path.Combine(_home, "opsbot.yaml");

    public void Dispose()
    {
        _folder.Dispose();
        if (Directory.Exists(_home))
        {
            Directory.Delete(_home, recursive: true);
        }
    }

    [Fact]
    public async Task It_starts_where_gates_and_lock_are_root_s()
    {
        await SetUpAsync("beforeClose: [gate.sh]");
        (await CheckAsync()).ShouldBe(new Finished(0, "", $"{Config}: no problems\n"));
        await using var process = ServeAsAccount();
        (await process.Webhooks.WaitAsync(OpsBotProgram.Patience, TimeProvider.System, Cancel)).Port.ShouldBeGreaterThan(0);
    }

    [Theory]
    [InlineData("chmod o+w {0}/gates/gate.sh", "/gates/gate.sh'")]
    [InlineData("chmod o+w {0}/gates.lock", "/gates.lock'")]
    [InlineData("chmod o+w {0}/gates", "/gates'")]
    [InlineData("chmod o+w {0}", "'{0}'")]
    [InlineData("chown 65534 {0}/gates/gate.sh; chmod 0555 {0}/gates/gate.sh", "/gates/gate.sh'")] // its owner may give itself the right
    [InlineData("cp /bin/dash {0}/data/dash; chown 65534 {0}/data/dash; ln -s {0}/data/dash {0}/sh; printf '#!{0}/sh\\n' > {0}/gates/gate.sh; {1} gates pin --config {0}/opsbot.yaml", "/data/dash'")]
    public async Task It_refuses_where_its_account_could_change_one_of_them_unless_that_is_allowed(string change, string named)
    {
        await SetUpAsync("beforeClose: [gate.sh]");
        await ShellAsync(change.Replace("{0}", _home, StringComparison.Ordinal).Replace("{1}", Program(), StringComparison.Ordinal));

        var check = await CheckAsync();
        check.ExitCode.ShouldBe(2, check.ToString());
        check.Error.ShouldContain("can be changed by the account that OpsBot runs as");
        check.Error.ShouldContain(named.Replace("{0}", _home, StringComparison.Ordinal));
        await File.AppendAllTextAsync(Config, "\n  insecure: true\n", Cancel);
        (await CheckAsync()).ExitCode.ShouldBe(0);
    }

    [Fact]
    public async Task Doctor_and_start_say_the_same()
    {
        await SetUpAsync("beforeClose: [gate.sh]");
        await ShellAsync($"chmod o+w {_home}/gates/gate.sh");
        var doctor = await AsAccountAsync("doctor", "--config", Config, "--data", Path.Combine(_home, "data"));
        doctor.Output.ShouldContain("can be changed by the account that OpsBot runs as", customMessage: doctor.ToString());
        var serve = await AsAccountAsync("serve", "--config", Config, "--data", Path.Combine(_home, "data"));
        serve.ExitCode.ShouldBe(2, serve.ToString());
        serve.Error.ShouldContain("can be changed by the account that OpsBot runs as");
        serve.Error.ShouldNotContain("   at ");
    }

    [Fact]
    public async Task Root_is_refused_and_nobody_is_where_no_gate_is_used()
    {
        await SetUpAsync("beforeClose: [gate.sh]");
        var root = await OpsBotProgram.RunAsync(_folder, Cancel, "config", "check", Config);
        root.ExitCode.ShouldBe(2, root.ToString());
        root.Error.ShouldContain("mean nothing to root");

        await File.WriteAllTextAsync(Config, "gates: {}\n", Cancel);
        (await OpsBotProgram.RunAsync(_folder, Cancel, "config", "check", Config)).ExitCode.ShouldBe(0);
    }

    [Fact]
    public async Task A_gate_that_is_used_and_not_what_was_pinned_is_named_with_its_line()
    {
        await SetUpAsync("beforeClose: [gate.sh, other.sh]");
        await File.AppendAllTextAsync(Path.Combine(_home, "gates", "gate.sh"), "# changed\n", Cancel);
        var check = await CheckAsync();
        check.ExitCode.ShouldBe(2);
        check.Error.ShouldContain("gate 'gate.sh' is not what was pinned");
        check.Error.ShouldContain("gate 'other.sh' is not pinned in");
        check.Error.ShouldMatch("opsbot.yaml:[12]: ");
    }

    private async Task SetUpAsync(string gates)
    {
        if (!Environment.IsPrivilegedProcess)
        {
            Assert.Skip("needs root, to become another account");
        }

        await ShellAsync($"mkdir -p {_home}/gates {_home}/data; chown {Account} {_home}/data; printf '#!/bin/sh\\nexit 0\\n' > {_home}/gates/gate.sh");
        await File.WriteAllTextAsync(Config, $"gates:\n  {gates}", Cancel);
        var pinned = await OpsBotProgram.RunAsync(_folder, Cancel, "gates", "pin", "--config", Config);
        pinned.ExitCode.ShouldBe(0, pinned.ToString());
        pinned.Output.ShouldStartWith("+ gate.sh");
    }

    private Task<Finished> CheckAsync() => AsAccountAsync("config", "check", Config);

    private async Task<Finished> AsAccountAsync(params string[] arguments)
    {
        using var process = Process.Start(Info(arguments))!;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(Cancel), process.StandardError.ReadToEndAsync(Cancel));
        await process.WaitForExitAsync(Cancel).WaitAsync(OpsBotProgram.Patience, TimeProvider.System, Cancel);
        return new Finished(process.ExitCode, await output, await error);
    }

    private OpsBotProcess ServeAsAccount() => OpsBotProcess.Start(
        Info("serve", "--config", Config, "--data", Path.Combine(_home, "data"), "--urls", "http://127.0.0.1:0", "--console-urls", "http://127.0.0.1:0"));

    private ProcessStartInfo Info(params string[] arguments)
    {
        var info = OpsBotProgram.StartInfo(_folder, arguments);
        var program = info.FileName;
        info.FileName = "/usr/bin/setpriv";
        info.WorkingDirectory = _home;
        // the program itself may lie where only root looks
        foreach (var (argument, at) in ((string[])[$"--reuid={Account}", $"--regid={Account}", "--clear-groups", "--", program]).Select((argument, at) => (argument, at)))
        {
            info.ArgumentList.Insert(at, argument);
        }

        info.Environment["HOME"] = info.Environment["TMPDIR"] = Path.Combine(_home, "data");
        return info;
    }

    private string Program() => OpsBotProgram.StartInfo(_folder, []).FileName;

    private static async Task ShellAsync(string script)
    {
        using var process = Process.Start("/bin/sh", ["-ec", script]);
        await process.WaitForExitAsync(Cancel);
        process.ExitCode.ShouldBe(0, script);
    }
}
