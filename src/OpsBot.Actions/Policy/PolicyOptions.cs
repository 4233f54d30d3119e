using System.ComponentModel.DataAnnotations;

namespace OpsBot.Actions.Policy;

// policy:
//   default: allow
//   rules:
//     - match: { actions: ["restart-*"], environments: [production], tiers: [database], risk: [irreversible] }
//       decision: ask
//       reason: databases have a second pair of eyes
//   limits:
//     - { tiers: [production], maxCount: 1, maxShare: 0.25 }
//   freezes:
//     - { from: 2026-12-20, to: 2027-01-04, timeZone: Europe/Berlin, reason: holidays }
//     - { cron: "0 0 16 ? * FRI", duration: 64h, timeZone: Europe/Berlin, environments: [production], exceptActions: ["silence-*"], reason: weekend }

/// <summary>The rules of the house. All are looked at: deny beats ask beats allow.</summary>
public sealed class PolicyOptions
{
    public const string Section = "policy";

    /// <summary>What holds where no rule matches. Default allow.</summary>
    public PolicyDecision Default { get; set; } = PolicyDecision.Allow;

    [MaxLength(500)]
    public List<RuleOptions> Rules { get; set; } = [];

    /// <summary>How much one proposal may touch, all its runs together.</summary>
    [MaxLength(100)]
    public List<LimitOptions> Limits { get; set; } = [];

    /// <summary>When nothing runs.</summary>
    [MaxLength(100)]
    public List<FreezeOptions> Freezes { get; set; } = [];
}

public sealed class RuleOptions
{
    public MatchOptions Match { get; set; } = new();

    [Required]
    public PolicyDecision? Decision { get; set; }

    /// <summary>Shown to people.</summary>
    [Required, MaxLength(300)]
    public string Reason { get; set; } = "";
}

/// <summary>Patterns with <c>*</c> and <c>?</c>; an empty list matches any. All that are given must match.</summary>
public sealed class MatchOptions
{
    [MaxLength(100)]
    public List<string> Actions { get; set; } = [];

    [MaxLength(100)]
    public List<string> Environments { get; set; } = [];

    /// <summary>Of the blast radius. One that nobody states counts as a match of what denies or asks, never of what allows.</summary>
    [MaxLength(100)]
    public List<string> Tiers { get; set; } = [];

    [MaxLength(2)]
    public List<Catalog.RiskOption> Risk { get; set; } = [];
}

public sealed class LimitOptions
{
    /// <summary>Tiers it holds for; any where empty. One that nobody states may be any.</summary>
    [MaxLength(100)]
    public List<string> Tiers { get; set; } = [];

    /// <summary>Most things; more is denied.</summary>
    [Range(1, 1_000_000)]
    public int? MaxCount { get; set; }

    /// <summary>Greatest share of all things, 0 to 1; more is denied, and where nobody states the share one more person is asked.</summary>
    [Range(0.0, 1.0)]
    public double? MaxShare { get; set; }

    [MaxLength(300)]
    public string? Reason { get; set; }
}

/// <summary>Either once, <see cref="From"/> to <see cref="To"/>, or again and again, <see cref="Cron"/> with <see cref="Duration"/>.</summary>
public sealed class FreezeOptions
{
    /// <summary>ISO 8601. Without an offset in <see cref="TimeZone"/>.</summary>
    public string? From { get; set; }

    /// <summary>The first moment after it.</summary>
    public string? To { get; set; }

    /// <summary>When it begins: second minute hour day-of-month month day-of-week, as Quartz has them.</summary>
    [MaxLength(200)]
    public string? Cron { get; set; }

    [Range(typeof(TimeSpan), "00:01:00", "60.00:00:00")]
    public TimeSpan? Duration { get; set; }

    /// <summary>Name as in the tz database. Default UTC.</summary>
    [Required, MaxLength(100)]
    public string TimeZone { get; set; } = "UTC";

    [MaxLength(100)]
    public List<string> Environments { get; set; } = [];

    /// <summary>Actions that run all the same.</summary>
    [MaxLength(100)]
    public List<string> ExceptActions { get; set; } = [];

    [Required, MaxLength(300)]
    public string Reason { get; set; } = "";
}
