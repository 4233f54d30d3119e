using System.ComponentModel;
using System.Diagnostics;
using System.Text;

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
/// <param name="tmux">Path of tmux; null where it is not here.</param>
internal sealed class SupervisorLauncher(SupervisorProgram program, string? tmux = null)
{
    /// <summary>A path of a socket is cut beyond this, by the system and without a word.</summary>
    private const int LongestSocket = 100;

    /// <summary>What a supervisor, and the command after it, may see of our environment.</summary>
    private static readonly string[] PassedOn =
        ["PATH", "HOME", "LANG", "LC_ALL", "TZ", "TMPDIR", "USER", "DOTNET_ROOT", "DOTNET_BUNDLE_EXTRACT_BASE_DIR", SupervisorHold.Variable];

    /// <summary>Name of the one session in a run's folder.</summary>
    public const string Session = "run";

    public string? Tmux => tmux;

    /// <summary>Whether a person could attach to what is started in this folder.</summary>
    public bool CanAttach(RunFolder folder) => tmux is not null && Encoding.UTF8.GetByteCount(folder.Tmux) <= LongestSocket;

    /// <param name="isAttachable">In a terminal of tmux, which must be possible.</param>
    /// <exception cref="IOException">It could not be started.</exception>
    public Launched Launch(RunFolder folder, string digest, bool isAttachable = false)
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
        var vector = (string[])[.. program.Vector, Supervisor.Verb, folder.Path, digest];
        if (isAttachable)
        {
            info.FileName = tmux!;
            vector = [tmux!, "-f", "/dev/null", "-S", folder.Tmux, "new-session", "-d", "-s", Session, "-x", "200", "-y", "50", "--", .. vector];
        }

        foreach (var argument in vector.Skip(1))
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
        if (isAttachable)
        {
            info.Environment[TerminalRelay.Variable] = "1";
        }

        try
        {
            return new Launched(Process.Start(info)!, startsAnother: isAttachable);
        }
        catch (Win32Exception failure)
        {
            throw new IOException($"The supervisor '{program.Vector[0]}' could not be started: {failure.Message}; is OpsBot installed whole?", failure);
        }
    }
}

/// <summary>A supervisor that we started. It lives on when we let go of it.</summary>
/// <param name="startsAnother">What we started ends at once, and leaves the supervisor behind.</param>
internal sealed class Launched(Process process, bool startsAnother) : IDisposable
{
    /// <summary>So long what was left behind has to show itself.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    private readonly long _begun = TimeProvider.System.GetTimestamp();

    public int Pid => process.Id;

    public bool HasEnded => process.HasExited && (!startsAnother || process.ExitCode != 0 || TimeProvider.System.GetElapsedTime(_begun) > Patience);

    public void Dispose() => process.Dispose();
}
