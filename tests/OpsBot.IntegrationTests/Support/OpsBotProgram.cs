using System.Diagnostics;
using System.Globalization;
using Xunit;

namespace OpsBot.IntegrationTests.Support;

/// <summary>How a run of the program ended, with what it printed.</summary>
internal sealed record Finished(int ExitCode, string Output, string Error)
{
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"exit {ExitCode}\n--- output\n{Output}\n--- error\n{Error}");
}

/// <summary>The real executable: the published one that OPSBOT_BIN names, else what the last build of the Host left.</summary>
internal static class OpsBotProgram
{
    /// <summary>One limit for everything that a test waits for.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    private static readonly Lazy<string> Executable = new(Find);

    public static ProcessStartInfo StartInfo(DataFolder folder, IEnumerable<string> arguments)
    {
        var info = new ProcessStartInfo(Executable.Value)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
            WorkingDirectory = folder.Path,
        };
        foreach (var name in info.Environment.Keys.Where(name => name.StartsWith("OPSBOT", StringComparison.Ordinal) && name != "OPSBOT_TEST_RUN").ToList())
        {
            info.Environment.Remove(name);
        }

        foreach (var (name, value) in folder.Environment)
        {
            info.Environment[name] = value;
        }

        info.Environment["OPSBOT_DATA"] = folder.Data;
        // Whatever the program leaves in its temporary folder is gone with ours.
        info.Environment["TMPDIR"] = folder.Path;
        foreach (var argument in arguments)
        {
            info.ArgumentList.Add(argument);
        }

        return info;
    }

    /// <summary>Runs a verb to its end.</summary>
    public static Task<Finished> RunAsync(DataFolder folder, CancellationToken cancellationToken, params string[] arguments) =>
        RunAsync(StartInfo(folder, arguments), cancellationToken);

    /// <summary>Runs it to its end in a way of the test's own.</summary>
    public static async Task<Finished> RunAsync(ProcessStartInfo info, CancellationToken cancellationToken, TimeSpan? patience = null)
    {
        using var limit = new CancellationTokenSource(patience ?? Patience, TimeProvider.System);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        using var process = Process.Start(info)!;
        try
        {
            var (output, error) = (process.StandardOutput.ReadToEndAsync(either.Token), process.StandardError.ReadToEndAsync(either.Token));
            await process.WaitForExitAsync(either.Token);
            return new Finished(process.ExitCode, await output, await error);
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill();
            }
        }
    }

    /// <summary>Looks again and again until there is something, for as long as patience lasts.</summary>
    /// <param name="patience">Where the work is more than others'.</param>
    public static async Task<T> UntilAsync<T>(Func<Task<T?>> look, string what, CancellationToken cancellationToken, TimeSpan? patience = null)
        where T : class
    {
        var begun = TimeProvider.System.GetTimestamp();
        while (true)
        {
            if (await look() is { } found)
            {
                return found;
            }

            if (TimeProvider.System.GetElapsedTime(begun) > (patience ?? Patience))
            {
                Assert.Fail($"Waited {patience ?? Patience} in vain for {what}.");
            }

            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, cancellationToken);
        }
    }

    /// <summary>The folder of the solution.</summary>
    public static string Repository()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "OpsBot.sln")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName ?? throw new InvalidOperationException($"There is no OpsBot.sln above {AppContext.BaseDirectory}.");
    }

    private static string Find()
    {
        if (Environment.GetEnvironmentVariable("OPSBOT_BIN") is { Length: > 0 } named)
        {
            return File.Exists(named) ? named : throw new InvalidOperationException($"OPSBOT_BIN names '{named}', and there is no such file.");
        }

        var built = new[] { "Release", "Debug" }
            .Select(configuration => new FileInfo(Path.Combine(Repository(), "src", "OpsBot.Host", "bin", configuration, "net10.0", "opsbot")))
            .Where(file => file.Exists)
            .OrderByDescending(file => new FileInfo(Path.ChangeExtension(file.FullName, ".dll")).LastWriteTimeUtc)
            .FirstOrDefault();
        return built?.FullName ?? throw new InvalidOperationException("OPSBOT_BIN is not set and src/OpsBot.Host is not built.");
    }
}
