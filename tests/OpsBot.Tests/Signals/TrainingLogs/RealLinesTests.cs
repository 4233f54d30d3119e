using OpsBot.Signals.TrainingLogs;

namespace OpsBot.Tests.Signals.TrainingLogs;

/// <summary>Lines that others' machines wrote. The folder is not in this repository.</summary>
public sealed class RealLinesTests
{
    [Theory]
    [InlineData("dmesg.xid119.log", new[] { 119 }, new int[0], new[] { "0000:9b:00" })]
    [InlineData("kernel_lines.log", new[] { 14, 79, 149, 154 }, new[] { 11111, 12028, 20034 },
        new[] { "0000:00:00.0", "0000:03:00", "0000:05:00", "0000:05:00.0", "0000:a9:00.0", "0008:01:00", "0009:01:00", "0018:01:00" })]
    [InlineData("kmsg.peermem.log", new int[0], new int[0], new string[0])]
    public void The_driver_lines_give_the_codes_and_devices_of_the_table(string file, int[] xids, int[] sxids, string[] devices)
    {
        var faults = File.ReadLines(Path.Combine(Folder("payloads"), "nvidia", file)).Select(TrainingFaultLine.Read).OfType<TrainingFault>().ToList();

        Codes(FaultKind.GpuXid).ShouldBe(xids);
        Codes(FaultKind.SwitchXid).ShouldBe(sxids);
        faults.Select(fault => fault.Device!).Distinct().Order(StringComparer.Ordinal).ShouldBe(devices);

        IEnumerable<int> Codes(FaultKind kind) => faults.Where(fault => fault.Kind == kind).Select(fault => fault.Code!.Value).Distinct().Order();
    }

    [Fact]
    public void Every_iteration_line_of_a_real_log_gives_its_loss_and_no_line_a_fault()
    {
        foreach (var file in Directory.GetFiles(Path.Combine(Folder("cases"), "curves-logs"), "log.txt", SearchOption.AllDirectories))
        {
            var lines = File.ReadAllLines(file);
            var points = Log.Points(lines);

            points.Count(point => point.Values.TryGetValue("lm loss", out var loss) && loss is > 0 and < 100).ShouldBe(lines.Count(line => line.Contains("| lm loss: ", StringComparison.Ordinal)), file);
            points.ShouldAllBe(point => point.Step > 0);
            lines.Select(TrainingFaultLine.Read).ShouldAllBe(fault => fault == null);
        }
    }

    private static string Folder(string name)
    {
        var root = Environment.GetEnvironmentVariable("OPSBOT_CASES");
        if (string.IsNullOrEmpty(root))
            Assert.Skip("OPSBOT_CASES is not set: lines that others wrote are not in this repository");
        return Path.Combine(root, name);
    }
}
