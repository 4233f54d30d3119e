using System.Globalization;
using System.Text;
using OpsBot.Runtime.Processes;

namespace OpsBot.Actions.Execution.Supervision;

/// <summary>Whether a command still runs whose supervisor is gone.</summary>
internal static class LivingProcess
{
    public static bool IsAlive(int pid, string start) => pid > 1 && start.Length > 0 && ProcessStart.Of(pid) == start;

    /// <summary>The command's process where it lives; null where it does not.</summary>
    /// <param name="pid">As the supervisor wrote it down; null where it had no time to.</param>
    /// <param name="environmentMark">Asked for only then: <c>NAME=value</c> of the command's environment.</param>
    public static (int Pid, string Start)? Find(PidRecord? pid, string environmentMark) =>
        pid is null ? Carrier(environmentMark) : IsAlive(pid.Pid, pid.Start) ? (pid.Pid, pid.Start) : null;

    /// <summary>Ends what is left of an orphaned command's process group; where the process leads none, the process.</summary>
    public static void Signal(PidRecord pid, int signal)
    {
        if (IsAlive(pid.Pid, pid.Start) && Libc.Kill(-pid.Pid, signal) != 0)
        {
            _ = Libc.Kill(pid.Pid, signal);
        }
    }

    /// <summary>The one with the lowest number, which is the command itself unless numbers have begun again.</summary>
    private static (int Pid, string Start)? Carrier(string mark)
    {
        if (!OperatingSystem.IsLinux())
        {
            return null;
        }

        var wanted = Encoding.UTF8.GetBytes(mark + "\0");
        (int Pid, string Start)? found = null;
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(folder.AsSpan()), NumberStyles.None, CultureInfo.InvariantCulture, out var pid) && !(found?.Pid < pid)
                && Carries(Path.Combine(folder, "environ"), wanted) && ProcessStart.Of(pid) is { } start)
            {
                found = (pid, start);
            }
        }

        return found;
    }

    private static bool Carries(string file, byte[] wanted)
    {
        try
        {
            return File.ReadAllBytes(file).AsSpan().IndexOf(wanted) >= 0;
        }
        catch (Exception notOurs) when (notOurs is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
