using System.Diagnostics;
using System.Globalization;

namespace OpsBot.Runtime.Processes;

/// <summary>Tells a process from a later one with the same number.</summary>
public static class ProcessStart
{
    // After a reboot numbers and ticks begin again, so the word names the boot too.
    private static readonly Lazy<string> Boot = new(() => File.ReadAllText("/proc/sys/kernel/random/boot_id").Trim());

    /// <summary>When a process started, in a word that any process of this machine finds the same; null where it is no more.</summary>
    public static string? Of(int pid)
    {
        try
        {
            return OperatingSystem.IsLinux() ? InProc(pid) : ByClock(pid);
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException or ArgumentException or InvalidOperationException)
        {
            return null;
        }
    }

    // Clock ticks since boot (proc(5), field 22). Process.StartTime would add them to the wall clock, which moves: two processes could read
    // different seconds, and one would take the other for dead. Fields are counted from behind the name, which may hold anything.
    private static string? InProc(int pid)
    {
        var stat = File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}/stat"));
        var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        // A killed process stays as a zombie until its parent asks for it.
        return fields[0] is "Z" or "X" ? null : $"{Boot.Value}/{fields[19]}";
    }

    private static string ByClock(int pid)
    {
        using var process = Process.GetProcessById(pid);
        return (process.StartTime.ToUniversalTime().Ticks / TimeSpan.TicksPerSecond).ToString(CultureInfo.InvariantCulture);
    }
}
