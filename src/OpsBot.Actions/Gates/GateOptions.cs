using System.ComponentModel.DataAnnotations;

namespace OpsBot.Actions.Gates;

/// <summary>Where the gates are and how they are run.</summary>
/// <remarks>
/// <code>
/// gates:
///   folder: /etc/opsbot/gates        # default: gates beside this file
///   lock: /etc/opsbot/gates.lock     # default: gates.lock beside the folder; written by 'opsbot gates pin'
///   beforeClose: [expression-quiet.py]
/// </code>
/// </remarks>
public sealed class GateOptions
{
    /// <summary>Folder of the programs. Relative paths are beside the configuration file. Default <c>gates</c>.</summary>
    [Required]
    public string Folder { get; set; } = "gates";

    /// <summary>The lock file. Default <c>gates.lock</c> beside the folder.</summary>
    public string? Lock { get; set; }

    /// <summary>Longest run of one gate; then it denies. Default 10 seconds.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:05:00")]
    public TimeSpan TimeLimit { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Most bytes that a gate may print on each output; with more it denies. Default 65,536.</summary>
    [Range(1024, 4 * 1024 * 1024)]
    public int MaxOutput { get; set; } = 64 * 1024;

    /// <summary>Gates that must pass before a person may close an incident.</summary>
    [MaxLength(20)]
    public List<string> BeforeClose { get; set; } = [];

    /// <summary>Start although OpsBot's own account could change its gates. For trying things out only.</summary>
    public bool Insecure { get; set; }
}
