using System.ComponentModel.DataAnnotations;

namespace OpsBot.Evidence.Commands;

// evidence:
//   commands:
//     - name: pods
//       run: [kubectl, get, pods, -l, "app={service}", -o, wide]
//       timeLimit: 00:00:10
//       maxOutputBytes: 65536
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

    public string? WorkingDirectory { get; set; }

    /// <summary>Variables that the program gets besides PATH, HOME and the like.</summary>
    public Dictionary<string, string> Environment { get; set; } = [];
}
