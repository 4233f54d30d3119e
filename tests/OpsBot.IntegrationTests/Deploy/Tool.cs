using System.Diagnostics;
using OpsBot.IntegrationTests.Support;
using Xunit;

namespace OpsBot.IntegrationTests.Deploy;

/// <summary>Programs that others wrote, which judge what is in deploy.</summary>
internal static class Tool
{
    public static string Deploy { get; } = Path.Combine(OpsBotProgram.Repository(), "deploy");

    /// <summary>Skips the test where a program is on no PATH, or fails it where OPSBOT_REQUIRE_SERVERS asks for that.</summary>
    public static void Require(string program)
    {
        if ((Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Any(folder => File.Exists(Path.Combine(folder, program))))
        {
            return;
        }

        var reason = $"{program} is missing; apt-get install docker-compose systemd prometheus, and kubectl from wherever your cluster has it";
        if (Environment.GetEnvironmentVariable("OPSBOT_REQUIRE_SERVERS") is "1" && program != "kubectl")
        {
            Assert.Fail(reason);
        }

        Assert.Skip(reason);
    }

    public static async Task<Finished> RunAsync(string program, string folder, CancellationToken cancellationToken, params string[] arguments)
    {
        var info = new ProcessStartInfo(program) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false, WorkingDirectory = folder };
        foreach (var argument in arguments)
        {
            info.ArgumentList.Add(argument);
        }

        using var process = Process.Start(info)!;
        try
        {
            var (output, error) = (process.StandardOutput.ReadToEndAsync(cancellationToken), process.StandardError.ReadToEndAsync(cancellationToken));
            await process.WaitForExitAsync(cancellationToken).WaitAsync(OpsBotProgram.Patience, TimeProvider.System, cancellationToken);
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

    /// <summary>A text in which a mistake is planted; fails where there is nothing to plant it in.</summary>
    public static string Planted(this string text, string from, string to)
    {
        Assert.Contains(from, text, StringComparison.Ordinal);
        return text.Replace(from, to, StringComparison.Ordinal);
    }
}
