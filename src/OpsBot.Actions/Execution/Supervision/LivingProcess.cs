using System.Globalization;
using System.Text;
using OpsBot.Runtime.Processes;

namespace OpsBot.Actions.Execution.Supervision;

/// <summary>Whether a command still runs whose supervisor is gone.</summary>
internal static class LivingProcess
{
    public static bool IsAlive(int pid, string start) => pid > 1 && start.Length > 0 && ProcessStart.Of(pid) == start;

    /// <param name="pid">As the supervisor wrote it down; null where it had no time to.</param>
    /// <param name="environmentMark">Asked for only then: <c>NAME=value</c> of the command's environment.</param>
    public static bool IsAlive(PidRecord? pid, string environmentMark) =>
        pid is null ? AnyCarries(environmentMark) : IsAlive(pid.Pid, pid.Start);

    /// <summary>Ends what is left of an orphaned command's process group.</summary>
    public static void Signal(PidRecord pid, int signal)
    {
        if (IsAlive(pid.Pid, pid.Start))
        {
            _ = Libc.Kill(-pid.Pid, signal);
        }
    }

    private static bool AnyCarries(string mark)
    {
        if (!OperatingSystem.IsLinux())
        {
            return false;
        }

        var wanted = Encoding.UTF8.GetBytes(mark + "\0");
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(folder.AsSpan()), NumberStyles.None, CultureInfo.InvariantCulture, out _) && Carries(Path.Combine(folder, "environ"), wanted))
            {
                return true;
            }
        }

        return false;
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
