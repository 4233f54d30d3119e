using System.ComponentModel.DataAnnotations;
using OpsBot.Contracts.Incidents;

namespace OpsBot.Chat.Manners;

// chat:
//   to: [slack:C024BE91L]                   # where nothing below matches
//   routes:
//     - { services: [payments, checkout-*], severities: [critical, high], environments: [production], to: [slack:C0PAYMENTS, "teams:19:abc@thread.tacv2"] }
//   budget: 20
//   editEvery: 2s
//   asksPerMinute: 20
//   quietHours:
//     - { from: "22:00", to: "07:00", timeZone: Europe/Berlin, below: high }
//   doNotPost: false
//   doNotPostIn: [slack:C0BOARD]
//   doNotPostAbout: [payroll*]

/// <summary>How OpsBot behaves on chat surfaces. The console is none of them: it shows everything, at once.</summary>
public sealed class ChatOptions
{
    public const string Section = "chat";

    /// <summary>Where incidents go that no route matches, one channel a surface: <c>slack:C024BE91L</c>. Default nowhere.</summary>
    [MaxLength(10)]
    public List<string> To { get; set; } = [];

    /// <summary>The first that matches counts.</summary>
    [MaxLength(500)]
    public List<ChatRouteOptions> Routes { get; set; } = [];

    /// <summary>Replies in the thread of one incident on one surface. The card goes on being edited. Default 20.</summary>
    [Range(1, 1000)]
    public int Budget { get; set; } = 20;

    /// <summary>A card is edited at most this often; what changes meanwhile is one edit. Default 2 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:10:00")]
    public TimeSpan EditEvery { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>
    /// Answers that one person or script gets within a minute, from each host; one refusal follows, then nothing. Decisions and the kill switch are always taken, and
    /// beyond it answered as often again.
    /// Default 20.
    /// </summary>
    [Range(1, 1000)]
    public int AsksPerMinute { get; set; } = 20;

    /// <summary>How long a post waits for a surface that is away before it is given up. Default 2 days.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "30.00:00:00")]
    public TimeSpan Patience { get; set; } = TimeSpan.FromDays(2);

    [MaxLength(20)]
    public List<QuietHoursOptions> QuietHours { get; set; } = [];

    /// <summary>Nothing at all is posted anywhere, answers and notes to PagerDuty included.</summary>
    public bool DoNotPost { get; set; }

    /// <summary>Channels in which nothing is posted: <c>slack:C0BOARD</c>.</summary>
    [MaxLength(500)]
    public List<string> DoNotPostIn { get; set; } = [];

    /// <summary>Services about whose incidents nothing is posted, with <c>*</c> and <c>?</c>. One such service of an incident is enough.</summary>
    [MaxLength(500)]
    public List<string> DoNotPostAbout { get; set; } = [];
}

/// <summary>Patterns with <c>*</c> and <c>?</c>; an empty list matches any. All that are given must match.</summary>
public sealed class ChatRouteOptions
{
    /// <summary>One service of the incident is enough.</summary>
    [MaxLength(200)]
    public List<string> Services { get; set; } = [];

    [MaxLength(6)]
    public List<SeverityLevel> Severities { get; set; } = [];

    [MaxLength(100)]
    public List<string> Environments { get; set; } = [];

    /// <summary>One channel a surface; empty for nowhere.</summary>
    [MaxLength(10)]
    public List<string> To { get; set; } = [];
}

/// <summary>A time of the day in which nobody is disturbed: what would be posted waits until it ends.</summary>
public sealed class QuietHoursOptions
{
    /// <summary><c>22:00</c>.</summary>
    [Required]
    public string From { get; set; } = "";

    /// <summary>The first minute after it; before <see cref="From"/> where it goes over midnight.</summary>
    [Required]
    public string To { get; set; } = "";

    /// <summary>Name as in the tz database. Default UTC.</summary>
    [Required, MaxLength(100)]
    public string TimeZone { get; set; } = "UTC";

    /// <summary>Incidents of this severity and above are posted all the same, and those whose severity nobody knows. Default high.</summary>
    public SeverityLevel Below { get; set; } = SeverityLevel.High;
}
