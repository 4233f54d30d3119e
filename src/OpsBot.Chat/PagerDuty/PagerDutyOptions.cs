using System.ComponentModel.DataAnnotations;

namespace OpsBot.Chat.PagerDuty;

// pagerduty:
//   token: !file /run/secrets/pagerduty     # a REST API key
//   from: opsbot@example.com                # a user of the account, in whose name notes are written
//   notes: true
//   acknowledge: true

/// <summary>What PagerDuty is told of its own incidents. Nothing, unless it is asked for here.</summary>
public sealed class PagerDutyOptions
{
    public const string Section = "pagerduty";

    /// <summary>A REST API key that may write to incidents.</summary>
    [MaxLength(500)]
    public string? Token { get; set; }

    /// <summary>E-mail address of a user of the account: PagerDuty writes notes and acknowledgements in their name.</summary>
    [MaxLength(200)]
    public string? From { get; set; }

    /// <summary>Default https://api.pagerduty.com; the service region of the EU is https://api.eu.pagerduty.com.</summary>
    [Required]
    public string Url { get; set; } = "https://api.pagerduty.com";

    /// <summary>The diagnosis goes to the incident as a note. Default false.</summary>
    public bool Notes { get; set; }

    /// <summary>The incident is acknowledged as soon as a person acts on it through OpsBot. Default false.</summary>
    public bool Acknowledge { get; set; }

    [Range(typeof(TimeSpan), "00:00:01", "00:02:00")]
    public TimeSpan TimeLimit { get; set; } = TimeSpan.FromSeconds(15);
}
