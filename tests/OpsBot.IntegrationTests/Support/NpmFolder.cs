using System.Collections.Concurrent;
using System.Diagnostics;
using Xunit;

namespace OpsBot.IntegrationTests.Support;

/// <summary>
/// Programs that others wrote, from npm, pinned by a <c>package-lock.json</c> beside the tests: <c>tests/npm-clients</c> installs them, at the latest when a test
/// first wants them. Each is tried once; whoever wants one that is not to be had is told why.
/// </summary>
internal static class NpmFolder
{
    private static readonly ConcurrentDictionary<string, Lazy<Task<Finished>>> Tried = new(StringComparer.Ordinal);

    /// <summary>A folder with <c>node_modules</c> and the files that stand beside the lock file; the test is skipped, or fails where servers are required, without.</summary>
    /// <param name="tests">Folder below this project.</param>
    public static async Task<string> InstalledAsync(string tests, CancellationToken cancellationToken)
    {
        if (Problem("node", "npm") is { } problem)
            return Without(problem);
        var source = Path.Combine(OpsBotProgram.Repository(), "tests", "OpsBot.IntegrationTests", tests);
        var tried = await Tried.GetOrAdd(tests, _ => new(() => InstallAsync(source))).Value.WaitAsync(cancellationToken);
        if (tried.ExitCode != 0)
            return Without($"{tests} could not be installed from npm ({tried.ExitCode}): {tried.Error.Trim()}");
        var folder = tried.Output.Trim();
        foreach (var file in Directory.EnumerateFiles(source, "*.mjs"))
            File.Copy(file, Path.Combine(folder, Path.GetFileName(file)), overwrite: true);
        return folder;
    }

    /// <summary>What is to be said where a program cannot be found; null where all are there.</summary>
    internal static string? Problem(params string[] programs) =>
        programs.FirstOrDefault(program => !(Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(folder => File.Exists(Path.Combine(folder, program)))) is { } missing
            ? $"{missing} is missing: install Node.js 20.18 or later, with npm"
            : null;

    private static string Without(string reason)
    {
        if (Environment.GetEnvironmentVariable("OPSBOT_REQUIRE_SERVERS") is "1")
            Assert.Fail(reason);
        Assert.Skip(reason);
        return "";
    }

    // for all tests that want it, so no single test's end ends it
    private static Task<Finished> InstallAsync(string source)
    {
        var info = new ProcessStartInfo(Path.Combine(OpsBotProgram.Repository(), "tests", "npm-clients"), [source]) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        return OpsBotProgram.RunAsync(info, CancellationToken.None, TimeSpan.FromMinutes(6));
    }
}
