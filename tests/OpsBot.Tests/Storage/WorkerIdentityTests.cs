using System.Diagnostics;
using System.Globalization;
using OpsBot.Storage.Messages;

namespace OpsBot.Tests.Storage;

public sealed class WorkerIdentityTests
{
    private static readonly WorkerIdentity Own = WorkerIdentity.OfThisProcess();

    [Fact]
    public void A_process_knows_itself_and_is_never_dead()
    {
        WorkerIdentity.OfThisProcess().Owner.ShouldBe(Own.Owner);
        Own.IsDead(Own.Owner).ShouldBeFalse();
    }

    [Fact]
    public void The_name_does_not_move_with_the_wall_clock()
    {
        if (!OperatingSystem.IsLinux())
            Assert.Skip("only Linux tells the start in ticks since boot");

        var stat = File.ReadAllText("/proc/self/stat");

        stat[(stat.LastIndexOf(')') + 2)..].Split(' ').ShouldContain(Own.Owner.Split('/')[2]);
    }

    [Fact]
    public void Another_living_process_is_told_from_one_that_had_its_pid_before_it()
    {
        using var other = Process.Start(new ProcessStartInfo("sleep", "60"))!;
        try
        {
            var before = string.Create(CultureInfo.InvariantCulture, $"{Own.Host}/{other.Id}/1");

            Own.IsDead(before).ShouldBeTrue();
            Own.IsDead(OwnerOf(other)).ShouldBeFalse();
        }
        finally
        {
            other.Kill();
        }
    }

    [Fact]
    public void A_killed_process_is_dead()
    {
        using var other = Process.Start(new ProcessStartInfo("sleep", "60"))!;
        var owner = OwnerOf(other);

        other.Kill();
        other.WaitForExit();

        Own.IsDead(owner).ShouldBeTrue();
    }

    [Theory]
    [InlineData("another-machine/1/2")]
    [InlineData("")]
    [InlineData("nonsense")]
    [InlineData("a/b/c/d")]
    public void What_is_not_of_this_machine_is_left_to_its_lease(string owner) => Own.IsDead(owner).ShouldBeFalse();

    private static string OwnerOf(Process process)
    {
        if (!OperatingSystem.IsLinux())
            Assert.Skip("reads /proc as the identity does");
        var stat = File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{process.Id}/stat"));
        return string.Create(CultureInfo.InvariantCulture, $"{Own.Host}/{process.Id}/{stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[19]}");
    }
}
