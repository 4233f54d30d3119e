using Microsoft.Extensions.Logging;
using Microsoft.Identity.Client;

namespace OpsBot.Chat.Teams.Outgoing;

/// <summary>Gets the tokens that we show to the Bot Connector, by client credentials. MSAL keeps each until shortly before its end.</summary>
internal sealed class ConnectorTokens
{
    private readonly TeamsOptions _options;
    private readonly ILogger _log;
    private readonly Lazy<IConfidentialClientApplication> _application;

    public ConnectorTokens(TeamsOptions options, IHttpClientFactory http, ILogger<ConnectorTokens> log)
    {
        (_options, _log) = (options, log);
        // no instance discovery: the authority is the one that was configured, and nobody else is asked about it
        _application = new(() => ConfidentialClientApplicationBuilder.Create(options.AppId).WithClientSecret(options.ClientSecret)
            .WithAuthority(new Uri(options.AuthorityOrDefault), validateAuthority: false).WithInstanceDiscovery(false)
            .WithHttpClientFactory(new Clients(http)).WithLegacyCacheCompatibility(false).Build());
    }

    /// <summary>A token, or why there is none. Both are null where calls are made without one (<see cref="TeamsOptions.Insecure"/>).</summary>
    /// <param name="anew">The last one was refused.</param>
    public async Task<(string? Token, string? Problem)> GetAsync(bool anew, CancellationToken cancellationToken)
    {
        if (_options.Insecure) return (null, null);
        try
        {
            var result = await _application.Value.AcquireTokenForClient([_options.Scope]).WithForceRefresh(anew).ExecuteAsync(cancellationToken);
            return (result.AccessToken, null);
        }
        catch (MsalException fault)
        {
            // the description of Entra names ids and addresses that belong in no thread; its code says what to look for
            return Problem(fault is MsalServiceException { ErrorCode: "invalid_client" or "unauthorized_client" }
                ? $"Entra does not take teams.appId with teams.clientSecret ({fault.ErrorCode}); has the secret run out?"
                : $"Entra gave no token ({fault.ErrorCode})");
        }
        catch (HttpRequestException fault)
        {
            return Problem($"Entra cannot be reached ({fault.HttpRequestError})");
        }
        catch (TaskCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return Problem("Entra did not answer in time");
        }
    }

    private (string?, string) Problem(string reason)
    {
        TeamsLog.NoToken(_log, reason);
        return (null, reason);
    }

    private sealed class Clients(IHttpClientFactory http) : IMsalHttpClientFactory
    {
        public HttpClient GetHttpClient() => http.CreateClient(TeamsServices.TokenClient);
    }
}
