using System.ComponentModel.DataAnnotations;

namespace OpsBot.Actions.Audit;

/// <summary>How the audit is chained, and where its head is kept besides.</summary>
/// <remarks>
/// <code>
/// audit:
///   key: !file /run/secrets/opsbot-audit-key     # else made at first start as audit.key of the data folder
///   anchor: /mnt/elsewhere/audit-anchors.jsonl   # else in the data folder
///   anchorEvery: 1h
/// </code>
/// </remarks>
public sealed class AuditOptions
{
    /// <summary>Secret of the chain, at least 32 bytes. Whoever has it and the store can write a past that never was: keep them apart.</summary>
    [MinLength(AuditKey.LeastBytes)]
    public string? Key { get; set; }

    /// <summary>File that the head is appended to. Worth most where OpsBot may append and nothing else, or on another machine.</summary>
    public string? Anchor { get; set; }

    /// <summary>How often the head is anchored when it moved. Default 1 hour.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan AnchorEvery { get; set; } = TimeSpan.FromHours(1);
}
