using System.ComponentModel.DataAnnotations;

namespace OpsBot.Chat.Slack;

/// <summary>How Slack reaches us.</summary>
public enum SlackMode
{
    /// <summary>We call Slack and keep a WebSocket open: no public address is needed.</summary>
    Socket,

    /// <summary>Slack calls <c>/slack/events</c>, <c>/slack/interactivity</c> and <c>/slack/commands</c> of the webhook listener.</summary>
    Http,
}

/// <summary>Slack as a chat surface. Without <see cref="BotToken"/> there is none.</summary>
/// <remarks>
/// <code>
/// slack:
///   botToken: !file /run/secrets/slack-bot      # xoxb-…
///   appToken: !file /run/secrets/slack-app      # xapp-…, for Socket Mode
///   alertChannels: [C0ALERTS]
/// </code>
/// </remarks>
public sealed class SlackOptions
{
    public const string Section = "slack";

    /// <summary>The bot's own token, <c>xoxb-…</c>. Default: none, and Slack is off.</summary>
    [MaxLength(500)]
    public string? BotToken { get; set; }

    /// <summary>The token of the app, <c>xapp-…</c> with the scope <c>connections:write</c>; needed with <see cref="SlackMode.Socket"/>.</summary>
    [MaxLength(500)]
    public string? AppToken { get; set; }

    /// <summary>What Slack signs its calls with; needed with <see cref="SlackMode.Http"/>.</summary>
    [MaxLength(500)]
    public string? SigningSecret { get; set; }

    public SlackMode Mode { get; set; } = SlackMode.Socket;

    /// <summary>Ids of channels whose messages of other bots are read as alerts. Default none.</summary>
    [MaxLength(200)]
    public List<string> AlertChannels { get; set; } = [];

    /// <summary>Whether to ask Slack for the e-mail address of who speaks, so that people can be found by it. Needs the scope <c>users:read.email</c>.</summary>
    public bool LookUpEmails { get; set; } = true;

    /// <summary>Where the Web API is. Another only for tests and proxies.</summary>
    [Required, MaxLength(500)]
    public string ApiUrl { get; set; } = "https://slack.com/api/";

    internal bool IsConfigured => !string.IsNullOrWhiteSpace(BotToken);

    internal Uri Api => new(ApiUrl.EndsWith('/') ? ApiUrl : ApiUrl + "/");
}
