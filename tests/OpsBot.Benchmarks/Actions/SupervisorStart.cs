using System.Globalization;
using System.Security.Cryptography;
using OpsBot.Actions.Execution.Supervision;

namespace OpsBot.Benchmarks.Actions;

/// <summary>What a supervisor costs between the journalled intent and the command: launched, flushed, spawned, with the real program.</summary>
internal static class SupervisorStart
{
    public static async Task RunAsync(int times)
    {
        var launcher = new SupervisorLauncher(SupervisorProgram.OfThisInstallation());
        var program = new FileInfo("/bin/true").ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? "/bin/true";
        var hash = Convert.ToHexStringLower(SHA256.HashData(await File.ReadAllBytesAsync(program)));
        var spec = new CommandSpec([program], new Dictionary<string, string>(), null, 10_000, 4096, new Dictionary<string, string> { [program] = hash });
        var root = Directory.CreateTempSubdirectory("opsbot-supervisor-start-").FullName;
        var took = new List<double>();
        for (var i = 0; i < times; i++)
        {
            var folder = new RunFolder(Path.Combine(root, i.ToString(CultureInfo.InvariantCulture)));
            var digest = folder.Prepare(spec, TimeProvider.System.GetUtcNow());
            var begun = TimeProvider.System.GetTimestamp();
            using var launched = launcher.Launch(folder, digest);
            while (!File.Exists(folder.Pid))
            {
                await Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System, CancellationToken.None);
            }

            took.Add(TimeProvider.System.GetElapsedTime(begun).TotalMilliseconds);
        }

        took.Sort();
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"{times} supervisors: {took[0]:0} ms least, {took[times / 2]:0} ms median, {took[^1]:0} ms most from launch to the command"));
        Directory.Delete(root, recursive: true);
    }
}
