using System.ComponentModel.DataAnnotations;

namespace OpsBot.Chat.Teams;

/// <summary>Microsoft Teams as a chat surface. Without <see cref="AppId"/> there is none.</summary>
/// <remarks>
/// <code>
/// teams:
///   appId: 5b9c3d1e-8f3a-4c57-9d0b-3a6f2a1f7c11
///   clientSecret: !file /run/secrets/opsbot-teams
///   tenants: [ 72f988bf-86f1-41af-91ab-2d7cd011db47 ]
/// </code>
/// </remarks>
public sealed class TeamsOptions
{
    public const string Section = "teams";

    /// <summary>The id of the bot's app registration in Entra: the audience of the tokens that Teams shows us. Default: none, and Teams is off.</summary>
    [MaxLength(100)]
    public string? AppId { get; set; }

    /// <summary>A client secret of the app registration; with it we get the tokens that we show to Teams.</summary>
    [MaxLength(2_000)]
    public string? ClientSecret { get; set; }

    /// <summary>Ids of the Entra tenants whose people may talk to the bot. Whatever comes from another is refused.</summary>
    [MaxLength(100)]
    public List<string> Tenants { get; set; } = [];

    /// <summary>Where the connector of our tenant is, until Teams itself has said so for a conversation. Default: that of the public cloud.</summary>
    [Required, MaxLength(500)]
    public string ServiceUrl { get; set; } = "https://smba.trafficmanager.net/teams/";

    /// <summary>Addresses that our token may be shown to, and all below each of them. Default: that of the public cloud.</summary>
    [MinLength(1), MaxLength(20)]
    public List<string> ServiceUrls { get; set; } = ["https://smba.trafficmanager.net/"];

    /// <summary>Whether to ask Teams for the e-mail address of who speaks, as Entra has it, so that people can be found by it. Default: true.</summary>
    public bool LookUpEmails { get; set; } = true;

    /// <summary>Who gives us tokens. Default: <c>https://login.microsoftonline.com/</c> and the first of <see cref="Tenants"/>.</summary>
    [MaxLength(500)]
    public string? Authority { get; set; }

    /// <summary>What our tokens are for. Default: the Bot Connector of the public cloud.</summary>
    [Required, MaxLength(500)]
    public string Scope { get; set; } = "https://api.botframework.com/.default";

    /// <summary>Who signs the tokens that Teams shows us. Default: that of the public cloud.</summary>
    [Required, MaxLength(500)]
    public string Issuer { get; set; } = "https://api.botframework.com";

    /// <summary>Where the keys of <see cref="Issuer"/> are found. Default: those of the public cloud.</summary>
    [Required, MaxLength(500)]
    public string OpenIdMetadata { get; set; } = "https://login.botframework.com/v1/.well-known/openidconfiguration";

    /// <summary>
    /// True takes activities without a token and sends ours without one: for Microsoft's Agents Playground on this machine. Every address of
    /// <c>listen.urls</c> and of <see cref="ServiceUrls"/> must then be a loopback one.
    /// </summary>
    public bool Insecure { get; set; }

    /// <summary>True where Teams is used at all.</summary>
    public bool IsConfigured => !string.IsNullOrWhiteSpace(AppId);

    internal string AuthorityOrDefault => string.IsNullOrWhiteSpace(Authority)
        ? $"https://login.microsoftonline.com/{(Tenants.Count > 0 ? Tenants[0] : "botframework.com")}"
        : Authority;
}
