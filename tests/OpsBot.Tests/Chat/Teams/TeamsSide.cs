using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.Logging;

namespace OpsBot.Tests.Chat.Teams;

/// <summary>
/// Microsoft's side, at its real addresses, in this process: the published keys, the tokens of Entra and a connector that refuses what the real one
/// refuses. Reached through <see cref="Handler"/>.
/// </summary>
internal sealed partial class TeamsSide : IAsyncDisposable
{
    private readonly WebApplication _app;
    private int _issued;

    private TeamsSide(WebApplication app, TokenMaker key)
    {
        (_app, Key) = (app, key);
        Keys = [key.Jwk("msteams", "webchat")];
        Connector = new ConnectorSimulator(token => token == $"token-{_issued}" && !IsWithdrawn);
    }

    public TokenMaker Key { get; }

    /// <summary>What is published now.</summary>
    public List<JsonObject> Keys { get; private set; }

    public ConnectorSimulator Connector { get; }

    public int KeyRequests { get; private set; }

    /// <summary>Bodies of the token requests.</summary>
    public List<IReadOnlyDictionary<string, string>> TokenRequests { get; } = [];

    /// <summary>The key document cannot be had.</summary>
    public bool KeysAreAway { get; set; }

    /// <summary>The last token is good no more.</summary>
    public bool IsWithdrawn { get; set; }

    public HttpMessageHandler Handler => new Line(this) { InnerHandler = _app.GetTestServer().CreateHandler() };

    public static async Task<TeamsSide> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseTestServer();
        builder.Logging.ClearProviders();
        var app = builder.Build();
        var side = new TeamsSide(app, new TokenMaker("key-1"));
        app.MapGet("/v1/.well-known/openidconfiguration", side.Metadata).RequireHost("login.botframework.com");
        app.MapGet("/v1/.well-known/keys", side.KeyDocument).RequireHost("login.botframework.com");
        app.MapPost("/{tenant}/oauth2/v2.0/token", side.IssueAsync).RequireHost("login.microsoftonline.com");
        side.Connector.Map(app, "smba.trafficmanager.net");
        await app.StartAsync();
        return side;
    }

    public async ValueTask DisposeAsync()
    {
        Key.Dispose();
        await _app.DisposeAsync();
    }

    private IResult Metadata() => KeysAreAway ? Results.StatusCode(503) : Results.Json(new
    {
        issuer = "https://api.botframework.com",
        authorization_endpoint = "https://invalid.botframework.com",
        jwks_uri = "https://login.botframework.com/v1/.well-known/keys",
        id_token_signing_alg_values_supported = new[] { "RS256" },
        token_endpoint_auth_methods_supported = new[] { "private_key_jwt" },
    });

    private IResult KeyDocument()
    {
        KeyRequests++;
        return KeysAreAway ? Results.StatusCode(503) : Results.Json(new { keys = Keys });
    }

    private async Task<IResult> IssueAsync(string tenant, HttpRequest request)
    {
        var form = (await request.ReadFormAsync()).ToDictionary(field => field.Key, field => field.Value.ToString());
        TokenRequests.Add(form);
        if (tenant != Tenant || form.GetValueOrDefault("client_id") != AppId || form.GetValueOrDefault("client_secret") != Secret
            || form.GetValueOrDefault("grant_type") != "client_credentials" || form.GetValueOrDefault("scope")?.Split(' ').Contains("https://api.botframework.com/.default") != true)
            return Results.Json(new { error = "invalid_client", error_description = $"AADSTS7000215: Invalid client secret of {AppId}." }, statusCode: 401);
        IsWithdrawn = false;
        return Results.Json(new { token_type = "Bearer", expires_in = 3599, access_token = $"token-{++_issued}" });
    }

    /// <summary>The way there, which may be cut before anything gets through.</summary>
    private sealed class Line(TeamsSide side) : DelegatingHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            if (!side.Connector.IsAway || request.RequestUri!.Host != "smba.trafficmanager.net") return base.SendAsync(request, cancellationToken);
            side.Connector.IsAway = false;
            throw new HttpRequestException(HttpRequestError.ConnectionError, "Connection refused");
        }
    }
}
