using System.Runtime.InteropServices;

namespace OpsBot.Runtime.Processes;

/// <summary>Everything that a program started, as long as it stays in the program's session: also what no longer has a parent.</summary>
internal static partial class ProcessGroup
{
    /// <summary>Makes itself the leader of a new session, then becomes the program: the same pid. It does not fork, since what we start leads no group yet.</summary>
    public const string Leader = "/usr/bin/setsid";

    private const int SigKill = 9;

    public static void Kill(int leader)
    {
        if (!OperatingSystem.IsWindows() && leader > 1)
        {
            // fails where nobody is left, which is what is wanted
            _ = kill(-leader, SigKill);
        }
    }

    [LibraryImport("libc", SetLastError = false)]
    private static partial int kill(int pid, int signal);
}
