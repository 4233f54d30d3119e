using Microsoft.Extensions.Options;
using OpsBot.Chat.Teams.Outgoing;

namespace OpsBot.Chat.Teams;

/// <summary>Stops the start where a stranger could speak as Teams, or where our token could go to one.</summary>
internal sealed class TeamsOptionsValidator : IValidateOptions<TeamsOptions>
{
    private const int ShortestSecret = 8;

    public ValidateOptionsResult Validate(string? name, TeamsOptions options) =>
        Problems(options).ToList() is { Count: > 0 } wrong ? ValidateOptionsResult.Fail(wrong) : ValidateOptionsResult.Success;

    private static IEnumerable<string> Problems(TeamsOptions options)
    {
        if (!options.IsConfigured)
        {
            if (options.ClientSecret is not null || options.Tenants.Count > 0 || options.Insecure)
                yield return "teams.appId: is missing, so Teams would be off; write the application (client) id of the bot's app registration";
            yield break;
        }

        if (options.Tenants.Count == 0)
            yield return "teams.tenants: is empty, so nobody could speak to the bot; write the id of your Entra tenant";
        if (options.Tenants.Any(string.IsNullOrWhiteSpace))
            yield return "teams.tenants: one of them is blank. Is the environment variable behind it set?";
        foreach (var problem in options.Insecure ? Loopback(options) : Proven(options))
            yield return problem;
    }

    private static IEnumerable<string> Proven(TeamsOptions options)
    {
        if (!Guid.TryParse(options.AppId, out _))
            yield return "teams.appId: is not the application (client) id of an app registration, such as 5b9c3d1e-8f3a-4c57-9d0b-3a6f2a1f7c11";
        foreach (var tenant in options.Tenants.Where(tenant => !string.IsNullOrWhiteSpace(tenant) && !Guid.TryParse(tenant, out _)))
            yield return $"teams.tenants: '{Shown(tenant)}' is not the id of a tenant; Entra shows it as Directory (tenant) ID";
        if ((options.ClientSecret?.Trim().Length ?? 0) < ShortestSecret)
            yield return "teams.clientSecret: is missing or blank, so nothing could be posted; write clientSecret: !file /run/secrets/opsbot-teams";
        foreach (var (key, address) in Addresses(options).Where(pair => !IsHttps(pair.Address)))
            yield return $"teams.{key}: '{Shown(address)}' is not an https address without user, query and fragment";
        if (IsHttps(options.ServiceUrl) && !ServiceUrlList.Of(options).Allows(options.ServiceUrl))
            yield return $"teams.serviceUrl: '{Shown(options.ServiceUrl)}' is below none of teams.serviceUrls, so nothing could be posted there";
    }

    /// <summary>The listener's own addresses are looked at by the Host, which knows them.</summary>
    private static IEnumerable<string> Loopback(TeamsOptions options)
    {
        foreach (var address in options.ServiceUrls.Append(options.ServiceUrl).Where(address => !ServiceUrlList.IsLoopback(address)))
            yield return $"teams.serviceUrls: '{Shown(address)}' is not on this machine, and teams.insecure is for the Agents Playground on it; write http://127.0.0.1:56150/_connector, also as serviceUrl";
    }

    private static IEnumerable<(string Key, string Address)> Addresses(TeamsOptions options) =>
    [
        ("serviceUrl", options.ServiceUrl), .. options.ServiceUrls.Select(address => ("serviceUrls", address)),
        ("authority", options.AuthorityOrDefault), ("openIdMetadata", options.OpenIdMetadata),
    ];

    private static bool IsHttps(string address) =>
        Uri.TryCreate(address, UriKind.Absolute, out var uri) && uri.Scheme == Uri.UriSchemeHttps && uri is { UserInfo: "", Query: "", Fragment: "" };

    private static string Shown(string text) => Chat.Cards.PlainText.Line(text, 120).Value;
}
