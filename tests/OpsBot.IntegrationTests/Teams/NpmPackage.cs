using System.Diagnostics;
using OpsBot.IntegrationTests.Support;
using Xunit;

namespace OpsBot.IntegrationTests.Teams;

/// <summary>A program that nobody here wrote, from npm, at one exact version. Installed when it is first wanted, beside the tests' own build.</summary>
internal static class NpmPackage
{
    private static readonly SemaphoreSlim OneAtATime = new(1, 1);

    /// <summary>The folder of the package; the test is skipped, or fails where servers are required, without npm.</summary>
    public static async Task<string> InstallAsync(string name, string version, CancellationToken cancellationToken)
    {
        var home = Path.Combine(AppContext.BaseDirectory, "npm", $"{name.Replace('/', '-')}@{version}");
        var folder = Path.Combine([home, "node_modules", .. name.Split('/')]);
        await OneAtATime.WaitAsync(cancellationToken);
        try
        {
            if (File.Exists(Path.Combine(folder, "package.json"))) return folder;
            var problem = await NpmAsync(home, $"{name}@{version}", cancellationToken);
            if (problem is null && File.Exists(Path.Combine(folder, "package.json"))) return folder;
            var reason = $"{name}@{version} could not be installed: {problem}";
            if (Environment.GetEnvironmentVariable("OPSBOT_REQUIRE_SERVERS") == "1") Assert.Fail(reason);
            Assert.Skip(reason);
            return folder;
        }
        finally
        {
            OneAtATime.Release();
        }
    }

    private static async Task<string?> NpmAsync(string home, string package, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(home);
        var info = new ProcessStartInfo("npm") { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false, WorkingDirectory = home };
        // no script of a package runs: what we want of it is its files
        foreach (var argument in new[] { "install", "--prefix", home, "--ignore-scripts", "--no-audit", "--no-fund", "--no-save", package }) info.ArgumentList.Add(argument);
        try
        {
            var finished = await OpsBotProgram.RunAsync(info, cancellationToken);
            return finished.ExitCode == 0 ? null : finished.ToString();
        }
        catch (System.ComponentModel.Win32Exception missing)
        {
            return $"npm is missing ({missing.Message})";
        }
    }
}
