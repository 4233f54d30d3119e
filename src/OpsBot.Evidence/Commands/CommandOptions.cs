using System.ComponentModel.DataAnnotations;

namespace OpsBot.Evidence.Commands;

// evidence:
//   commands:
//     - name: pods
//       run: [kubectl, get, pods, -l, "app={service}", -o, wide]
//       timeLimit: 00:00:10
//       maxOutputBytes: 65536
//       runsPerMinute: 30                   of all diagnoses together
//       maxConcurrent: 2
//       environment: { KUBECONFIG: /etc/opsbot/kubeconfig }

/// <summary>A read-only command that may be run. Whoever writes it here vouches that it changes nothing.</summary>
public sealed class CommandOptions
{
    [Required, MaxLength(100)]
    public string Name { get; set; } = "";

    /// <summary>
    /// The program and its arguments, one each; no shell. <c>{service}</c>, <c>{instance}</c>, <c>{environment}</c> and <c>{label.NAME}</c>
    /// may stand in arguments: they are always a part of one argument and never the begin of an option.
    /// </summary>
    [Required, MinLength(1), MaxLength(100)]
    public List<string> Run { get; set; } = [];

    [Range(typeof(TimeSpan), "00:00:00.1", "00:10:00")]
    public TimeSpan TimeLimit { get; set; } = TimeSpan.FromSeconds(10);

    [Range(256, 16 << 20)]
    public int MaxOutputBytes { get; set; } = 64 * 1024;

    /// <summary>Most runs a minute, of all diagnoses of this host together; one that would have to wait too long is left out.</summary>
    [Range(1, 6_000)]
    public int RunsPerMinute { get; set; } = 30;

    /// <summary>Most runs at once, of all diagnoses of this host together.</summary>
    [Range(1, 64)]
    public int MaxConcurrent { get; set; } = 2;

    public string? WorkingDirectory { get; set; }

    /// <summary>Variables that the program gets besides PATH, HOME and the like.</summary>
    public Dictionary<string, string> Environment { get; set; } = [];
}
