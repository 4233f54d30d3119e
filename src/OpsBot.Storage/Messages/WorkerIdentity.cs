using System.Diagnostics;
using System.Globalization;

namespace OpsBot.Storage.Messages;

/// <summary>Names this process as an owner of leases: machine, pid and start time, so that a pid used again is not taken for it.</summary>
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

    public static WorkerIdentity OfThisProcess()
    {
        using var self = Process.GetCurrentProcess();
        return new WorkerIdentity(Environment.MachineName, Format(Environment.MachineName, self));
    }

    /// <summary>True when the owner was a process of this machine that is no more. Owners on other machines are left to their leases.</summary>
    internal bool IsDead(string owner)
    {
        var parts = owner.Split('/');
        if (parts.Length != 3 || parts[0] != Host || owner == Owner || !int.TryParse(parts[1], CultureInfo.InvariantCulture, out var pid))
        {
            return false;
        }

        try
        {
            using var process = Process.GetProcessById(pid);
            return Format(Host, process) != owner;
        }
        catch (ArgumentException)
        {
            return true;
        }
        catch (InvalidOperationException)
        {
            return true;
        }
    }

    private static string Format(string host, Process process) =>
        string.Create(CultureInfo.InvariantCulture, $"{host}/{process.Id}/{process.StartTime.ToUniversalTime().Ticks / TimeSpan.TicksPerSecond}");
}
