using System.Diagnostics;
using System.Globalization;

namespace OpsBot.Storage.Messages;

/// <summary>Names this process as an owner of leases: machine, pid and start, so that a pid used again is not taken for it.</summary>
public sealed class WorkerIdentity
{
    private WorkerIdentity(string host, string owner)
    {
        Host = host;
        Owner = owner;
    }

    /// <summary>Name of the machine, as in <c>messages.host</c>.</summary>
    public string Host { get; }

    /// <summary><c>machine/pid/start</c>, as in <c>messages.leased_by</c>.</summary>
    public string Owner { get; }

    public static WorkerIdentity OfThisProcess() =>
        new(Environment.MachineName, Format(Environment.MachineName, Environment.ProcessId, StartOf(Environment.ProcessId)));

    /// <summary>True when the owner was a process of this machine that is no more. Owners on other machines are left to their leases.</summary>
    internal bool IsDead(string owner)
    {
        var parts = owner.Split('/');
        return parts.Length == 3 && parts[0] == Host && owner != Owner && int.TryParse(parts[1], CultureInfo.InvariantCulture, out var pid)
            && StartOf(pid) != parts[2];
    }

    /// <summary>When a process started, in a word that any process of this machine finds the same; null where it is no more.</summary>
    private static string? StartOf(int pid)
    {
        try
        {
            return OperatingSystem.IsLinux() ? StartInProc(pid) : StartByClock(pid);
        }
        catch (Exception gone) when (gone is IOException or ArgumentException or InvalidOperationException)
        {
            return null;
        }
    }

    // Clock ticks since boot (proc(5), field 22). Process.StartTime would add them to the wall clock, which moves: two processes could read
    // different seconds, and one would take the other for dead. Fields are counted from behind the name, which may hold anything.
    private static string? StartInProc(int pid)
    {
        var stat = File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}/stat"));
        var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        // A killed process stays as a zombie until its parent asks for it.
        return fields[0] is "Z" or "X" ? null : fields[19];
    }

    private static string StartByClock(int pid)
    {
        using var process = Process.GetProcessById(pid);
        return (process.StartTime.ToUniversalTime().Ticks / TimeSpan.TicksPerSecond).ToString(CultureInfo.InvariantCulture);
    }

    private static string Format(string host, int pid, string? start) => string.Create(CultureInfo.InvariantCulture, $"{host}/{pid}/{start}");
}
