using System.Globalization;
using OpsBot.Runtime.Processes;

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
        new(Environment.MachineName, Format(Environment.MachineName, Environment.ProcessId, ProcessStart.Of(Environment.ProcessId)));

    /// <summary>True when the owner was a process of this machine that is no more. Owners on other machines are left to their leases.</summary>
    internal bool IsDead(string owner)
    {
        var parts = owner.Split('/');
        return parts.Length == 3 && parts[0] == Host && owner != Owner && int.TryParse(parts[1], CultureInfo.InvariantCulture, out var pid)
            && ProcessStart.Of(pid) != parts[2];
    }

    private static string Format(string host, int pid, string? start) => string.Create(CultureInfo.InvariantCulture, $"{host}/{pid}/{start}");
}
