using System.ComponentModel.DataAnnotations;

namespace OpsBot.Evidence.Files;

// evidence:
//   logs:
//     - name: shop
//       path: /var/log/shop
//       glob: "**/*.log*"             default: *.log, *.log.*, *.log-*, *.jsonl, *.json, *.txt, *.out, *.err in all folders below
//       service: cart                 for records that do not name one themselves
//       pattern: "{service}/{instance}.log"   or: service and instance from the path below the folder
//       utcOffset: "01:00"            of times that are written without one; "-05:00" west of Greenwich
//       readsPerMinute: 60            of all diagnoses together: a folder may lie on somebody else's disks
//       maxConcurrent: 2

/// <summary>A folder of log files.</summary>
public sealed class LogFolderOptions
{
    /// <summary>How people call it; the path where it is empty.</summary>
    [MaxLength(100)]
    public string? Name { get; set; }

    [Required]
    public string Path { get; set; } = "";

    /// <summary>Which files below the folder; <c>**</c> for any folders. Rotated forms (<c>.1</c>, <c>-20260301</c>, <c>.gz</c>) of a matching file are read too.</summary>
    public string? Glob { get; set; }

    /// <summary>The service of records that name none themselves.</summary>
    public string? Service { get; set; }

    /// <summary>Path below the folder with <c>{service}</c> and <c>{instance}</c> in it. Without it the first folder, or the file's own name, is the service.</summary>
    public string? Pattern { get; set; }

    /// <summary>Offset from UTC of times that are written without one.</summary>
    [Range(typeof(TimeSpan), "-14:00:00", "14:00:00")]
    public TimeSpan UtcOffset { get; set; }

    /// <summary>Most files read, newest first.</summary>
    [Range(1, 100_000)]
    public int MaxFiles { get; set; } = 2_000;

    /// <summary>Most times a minute that the folder is read, by all diagnoses of this host together; one that would have to wait too long goes without it.</summary>
    [Range(1, 6_000)]
    public int ReadsPerMinute { get; set; } = 60;

    /// <summary>Most diagnoses of this host that read the folder at once.</summary>
    [Range(1, 64)]
    public int MaxConcurrent { get; set; } = 2;

    internal string SourceName => $"logs {(string.IsNullOrEmpty(Name) ? Path : Name)}";
}
