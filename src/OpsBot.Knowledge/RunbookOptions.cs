using System.ComponentModel.DataAnnotations;

namespace OpsBot.Knowledge;

// runbooks:
//   folders: [runbooks, /srv/wiki/runbooks]
//   floor: 0.28

/// <summary>Where runbooks are read from and how sure a match must be.</summary>
public sealed class RunbookOptions
{
    public const string Section = "runbooks";

    /// <summary>Folders with <c>SKILL.md</c> or plain markdown files at any depth. Relative ones are below the working folder. Default: <c>runbooks</c>.</summary>
    [MinLength(0), MaxLength(50)]
    public List<string> Folders { get; set; } = ["runbooks"];

    /// <summary>Below this share of what the alert says (0 to 1), no runbook is offered. Default 0.28.</summary>
    [Range(0.0, 1.0)]
    public double Floor { get; set; } = 0.28;

    /// <summary>Longest file that is read, in bytes. Default 512 KiB.</summary>
    [Range(1_024, 16_777_216)]
    public int MaxFileBytes { get; set; } = 512 * 1_024;

    /// <summary>Most files that are read of one folder. Default 5,000.</summary>
    [Range(1, 100_000)]
    public int MaxFiles { get; set; } = 5_000;
}
