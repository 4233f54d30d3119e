using System.ComponentModel;
using System.Diagnostics;

namespace OpsBot.Actions.Execution.Supervision;

/// <summary>How the supervisor is called: this very program, by a hidden verb.</summary>
/// <param name="Vector">Program and first arguments; the verb and its arguments follow.</param>
public sealed record SupervisorProgram(IReadOnlyList<string> Vector)
{
    /// <summary>The <c>opsbot</c> that lies where this code lies, or the one that <c>dotnet</c> was given.</summary>
    public static SupervisorProgram OfThisInstallation()
    {
        var program = Path.Combine(AppContext.BaseDirectory, "opsbot");
        return File.Exists(program)
            ? new SupervisorProgram([program])
            : new SupervisorProgram(["dotnet", program + ".dll"]);
    }
}

/// <summary>Starts supervisors. Starting one twice for a folder is harmless.</summary>
internal sealed class SupervisorLauncher(SupervisorProgram program)
{
    /// <summary>What a supervisor, and the command after it, may see of our environment.</summary>
    private static readonly string[] PassedOn =
        ["PATH", "HOME", "LANG", "LC_ALL", "TZ", "TMPDIR", "USER", "DOTNET_ROOT", "DOTNET_BUNDLE_EXTRACT_BASE_DIR", SupervisorHold.Variable];

    /// <exception cref="IOException">It could not be started.</exception>
    public Launched Launch(RunFolder folder, string digest)
    {
        // Streams of its own, which nobody reads: the runtime copies those that it is started with before any code of ours can replace them, and whoever
        // reads ours would wait for the end of every command.
        var info = new ProcessStartInfo(program.Vector[0])
        {
            UseShellExecute = false,
            WorkingDirectory = folder.Path,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var argument in (string[])[.. program.Vector.Skip(1), Supervisor.Verb, folder.Path, digest])
        {
            info.ArgumentList.Add(argument);
        }

        var own = PassedOn.Where(info.Environment.ContainsKey).ToDictionary(name => name, name => info.Environment[name]);
        info.Environment.Clear();
        foreach (var (name, value) in own)
        {
            info.Environment[name] = value;
        }

        // It lives for one command: what pays off later costs it more than it is worth.
        info.Environment["DOTNET_TieredPGO"] = "0";
        info.Environment["DOTNET_gcConcurrent"] = "0";
        try
        {
            return new Launched(Process.Start(info)!);
        }
        catch (Win32Exception failure)
        {
            throw new IOException($"The supervisor '{program.Vector[0]}' could not be started: {failure.Message}; is OpsBot installed whole?", failure);
        }
    }
}

/// <summary>A supervisor that we started. It lives on when we let go of it.</summary>
internal sealed class Launched(Process process) : IDisposable
{
    public int Pid => process.Id;

    public bool HasEnded => process.HasExited;

    public void Dispose() => process.Dispose();
}
