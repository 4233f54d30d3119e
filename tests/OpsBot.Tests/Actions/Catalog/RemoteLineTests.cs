using System.Diagnostics;
using OpsBot.Actions.Catalog;
using OpsBot.Tests.Support;

namespace OpsBot.Tests.Actions.Catalog;

/// <summary>What ssh hands on is read by a real shell.</summary>
public sealed class RemoteLineTests
{
    private static readonly Dictionary<string, ActionHostOptions> Hosts = new()
    {
        ["stage"] = new ActionHostOptions { Address = "e2e@stage.example", Port = 2222, Identity = "/etc/opsbot/key", KnownHosts = "/etc/opsbot/known_hosts" },
    };

    [Theory]
    [InlineData("plain")]
    [InlineData("")]
    [InlineData("a b  c")]
    [InlineData("it's")]
    [InlineData("'; touch /tmp/opsbot-was-here; '")]
    [InlineData("$(id) `id` $HOME ${HOME} ~ * ? [a-z]")]
    [InlineData("\"\\\n\t!#&|<>()")]
    [InlineData("käse 🧀")]
    public async Task Each_argument_arrives_as_it_is(string argument)
    {
        var vector = RemoteLine.With(
            RemoteLine.Vector("/usr/bin/ssh", new RemoteHost("stage", "stage", 22, null, null), ["/bin/sh", "-c", "printf '<%s>' \"$A\" \"$@\"", "sh", argument, "--", argument], hasTerminal: false),
            new Dictionary<string, string> { ["A"] = argument, ["B"] = "x" });
        using var shell = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", vector[^1]]) { RedirectStandardOutput = true, UseShellExecute = false })!;
        (await shell.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken)).ShouldBe($"<{argument}><{argument}><--><{argument}>");
    }

    [Fact]
    public void It_asks_nobody_and_trusts_no_unknown_host()
    {
        var vector = Planned().Run.Arguments;
        vector.Skip(1).Take(3).ShouldBe(["-F", "none", "-tt"]);
        vector.ShouldContain("BatchMode=yes");
        vector.ShouldContain("StrictHostKeyChecking=yes");
        vector.ShouldContain("UserKnownHostsFile=/etc/opsbot/known_hosts");
        vector.TakeLast(4).ShouldBe(["2222", "--", "e2e@stage.example", "'/srv/run.sh' 'a b'"]);
    }

    [Fact]
    public void What_looks_has_no_terminal_and_health_stays_here()
    {
        var plan = Planned();
        plan.Probe!.Arguments[3].ShouldBe("-T");
        plan.Probe.IsRemote.ShouldBeTrue();
        plan.Health[0].Command!.IsRemote.ShouldBeFalse();
        plan.Health[0].Command!.Arguments[0].ShouldEndWith("echo");
    }

    [Fact]
    public void A_value_is_no_option_there_either() => Should.Throw<ActionRefusedException>(() => Planned("--all")).Message.ShouldContain("begins with '-'");

    private static PlannedRun Planned(string suite = "a b")
    {
        var action = Some.Action(
            options =>
            {
                (options.Host, options.Run, options.Undo, options.Probe) = ("stage", ["/srv/run.sh", "{cache}"], ["/srv/undo.sh"], ["/srv/probe.sh"]);
                options.Parameters["cache"] = new ParameterOptions { Pattern = "[a-z -]+" };
                options.Health = [new HealthOptions { Name = "errors", Command = ["echo", "1"] }];
            },
            hosts: Hosts);
        return Some.Planner().Plan(action, Some.Arguments(("cache", suite)), null);
    }
}
