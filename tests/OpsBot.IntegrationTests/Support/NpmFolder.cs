using System.Diagnostics;
using System.Security.Cryptography;
using Xunit;

namespace OpsBot.IntegrationTests.Support;

/// <summary>
/// Programs that others wrote, from npm, pinned by a <c>package-lock.json</c> beside the tests: installed when a test first wants them into
/// <c>.cache/npm</c> of the working copy, under the hash of the lock file, without running scripts of theirs.
/// </summary>
internal static class NpmFolder
{
    private static readonly SemaphoreSlim One = new(1);

    /// <summary>A folder with <c>node_modules</c> and the files that stand beside the lock file.</summary>
    /// <param name="tests">Folder below this project.</param>
    public static async Task<string> InstalledAsync(string tests, CancellationToken cancellationToken)
    {
        ServerProcess.Require(Program("node"), Program("npm"));
        var source = Path.Combine(OpsBotProgram.Repository(), "tests", "OpsBot.IntegrationTests", tests);
        var hash = Convert.ToHexStringLower(SHA256.HashData(await File.ReadAllBytesAsync(Path.Combine(source, "package-lock.json"), cancellationToken)))[..16];
        var folder = Path.Combine(OpsBotProgram.Repository(), ".cache", "npm", $"{Path.GetFileName(tests)}-{hash}");
        await One.WaitAsync(cancellationToken);
        try
        {
            Directory.CreateDirectory(folder);
            foreach (var file in Directory.EnumerateFiles(source).Where(file => Path.GetExtension(file) is ".json" or ".mjs"))
                File.Copy(file, Path.Combine(folder, Path.GetFileName(file)), overwrite: true);
            if (!File.Exists(Path.Combine(folder, "installed")))
            {
                await InstallAsync(folder, cancellationToken);
                await File.WriteAllTextAsync(Path.Combine(folder, "installed"), "", cancellationToken);
            }
        }
        finally
        {
            One.Release();
        }

        return folder;
    }

    private static async Task InstallAsync(string folder, CancellationToken cancellationToken)
    {
        var info = new ProcessStartInfo(Program("npm")) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        foreach (var argument in (string[])["ci", "--ignore-scripts", "--no-audit", "--no-fund"])
            info.ArgumentList.Add(argument);
        using var npm = Process.Start(info)!;
        var said = npm.StandardError.ReadToEndAsync(cancellationToken);
        await npm.StandardOutput.ReadToEndAsync(cancellationToken);
        await npm.WaitForExitAsync(cancellationToken);
        Assert.True(npm.ExitCode == 0, $"npm ci in {folder} ended with {npm.ExitCode}:\n{await said}");
    }

    private static string Program(string name) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Select(folder => Path.Combine(folder, name)).FirstOrDefault(File.Exists) ?? $"/usr/bin/{name}";
}
