using System.Globalization;
using OpsBot.Host.Cli;
using OpsBot.IntegrationTests.Support;
using Shouldly;
using Xunit;

namespace OpsBot.IntegrationTests.Deploy;

/// <summary>deploy/systemd, read by systemd's own tools. No service manager is here, so it never ran under one.</summary>
public sealed class SystemdTests : IDisposable
{
    private static readonly string Original = File.ReadAllText(Path.Combine(Tool.Deploy, "systemd", "opsbot.service"));

    private readonly DataFolder _folder = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task The_unit_is_understood_whole_and_exposes_little()
    {
        var verified = await VerifyAsync(Original);
        verified.ExitCode.ShouldBe(0, verified.ToString());
        (verified.Output + verified.Error).ShouldBeEmpty();
        var judged = await JudgeAsync(Original);
        judged.ExitCode.ShouldBe(0, judged.ToString());
    }

    [Theory]
    [InlineData("KillMode=process", "KillMode=proces")]
    [InlineData("StateDirectory=opsbot", "StateDirectroy=opsbot")]
    [InlineData("ProtectSystem=strict", "ProtectSystem=strictly")]
    [InlineData("SystemCallFilter=@system-service", "SystemCallFilter=@system-services")]
    [InlineData("LoadCredential=alertmanager:", "LoadCredential=alert/manager:")]
    public async Task What_systemd_does_not_know_is_found(string from, string to)
    {
        var verified = await VerifyAsync(Original.Planted(from, to));
        (verified.Output + verified.Error).ShouldContain("opsbot.service:", Case.Sensitive, verified.ToString());
    }

    [Fact]
    public async Task A_program_that_is_not_there_is_found() =>
        (await VerifyAsync(Original.Planted("ExecStart=/opt/", "ExecStart=/nowhere/"))).ExitCode.ShouldNotBe(0);

    [Fact]
    public async Task A_unit_that_exposes_more_is_found() =>
        (await JudgeAsync(Original.Planted("CapabilityBoundingSet=\n", "").Planted("ProtectSystem=strict\n", "").Planted("SystemCallFilter=@system-service\n", "")))
            .ExitCode.ShouldNotBe(0);

    [Fact]
    public void A_stop_ends_OpsBot_in_its_own_time_and_leaves_commands_at_work()
    {
        var said = Original.Split('\n').Where(line => line.Contains('=', StringComparison.Ordinal) && !line.StartsWith('#'))
            .Select(line => line.Split('=', 2)).ToLookup(pair => pair[0], pair => pair[1]);
        said["KillMode"].ShouldBe(["process"]);
        TimeSpan.FromSeconds(int.Parse(said["TimeoutStopSec"].Single(), CultureInfo.InvariantCulture)).ShouldBeGreaterThan(CommandLineInterface.StopLimit);
        // what they have open or find by number has to outlive the stop
        foreach (var taking in new[] { "PrivateTmp", "DynamicUser", "PrivateUsers", "RuntimeDirectory", "PrivatePIDs" })
        {
            said[taking].ShouldBeEmpty($"{taking} is taken from commands that are still at work");
        }

        said["RestartPreventExitStatus"].ShouldBe([ExitCode.Unusable.ToString(CultureInfo.InvariantCulture)]);
        var credentials = said["LoadCredential"].Select(line => line.Split(':')[0]);
        said["Environment"].Where(line => line.Contains("_FILE=", StringComparison.Ordinal)).Select(line => line.Split("=%d/")[1]).ShouldBe(credentials, ignoreOrder: true);
    }

    [Fact]
    public async Task The_account_is_made_as_the_unit_names_it()
    {
        Tool.Require("systemd-sysusers");
        var made = await Tool.RunAsync("systemd-sysusers", _folder.Path, Cancel, "--dry-run", Path.Combine(Tool.Deploy, "systemd", "opsbot.sysusers"));
        made.ExitCode.ShouldBe(0, made.ToString());
        (made.Output + made.Error).ShouldContain("'opsbot'");
        Original.ShouldContain("User=opsbot\n");
    }

    private async Task<Finished> VerifyAsync(string text)
    {
        Tool.Require("systemd-analyze");
        return await Tool.RunAsync("systemd-analyze", _folder.Path, Cancel, "verify", "--man=no", Unit(text));
    }

    /// <summary>Fails where the exposure that systemd reckons is above 2.0 of 10.</summary>
    private async Task<Finished> JudgeAsync(string text)
    {
        Tool.Require("systemd-analyze");
        return await Tool.RunAsync("systemd-analyze", _folder.Path, Cancel, "security", "--offline=true", "--threshold=20", "--no-pager", Unit(text));
    }

    /// <summary>The unit with a program that is there.</summary>
    private string Unit(string text) =>
        _folder.Write("opsbot.service", text.Replace("ExecStart=/opt/opsbot/opsbot", $"ExecStart={OpsBotProgram.StartInfo(_folder, []).FileName}", StringComparison.Ordinal));
}
