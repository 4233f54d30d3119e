using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using OpsBot.Chat.Teams;
using OpsBot.IntegrationTests.Support;
using OpsBot.Tests.Chat.Teams;

namespace OpsBot.IntegrationTests.Teams;

/// <summary>
/// Microsoft's side of Teams on a port of this machine, by TLS, for the program as it is served: the published keys, the tokens of Entra, the roster and the
/// connector. The program trusts it by SSL_CERT_FILE and by nothing of its own.
/// </summary>
internal sealed class TeamsCloud : IAsyncDisposable
{
    public const string Channel = SomeActivity.Channel;

    private readonly WebApplication _app;
    private readonly TokenMaker _key = new("key-1");
    private readonly HttpClient _http = new();
    private readonly X509Certificate2 _certificate;
    private int _said;

    private TeamsCloud(WebApplication app, X509Certificate2 certificate) => (_app, _certificate) = (app, certificate);

    public ConnectorSimulator Connector { get; } = new(token => token == "token-of-entra");

    public string Url => _app.Urls.First().Replace("127.0.0.1", "localhost", StringComparison.Ordinal).TrimEnd('/');

    /// <summary>Where the connector says that it is: not where the configuration says.</summary>
    public string ServiceUrl => $"{Url}/emea/";

    public static async Task<TeamsCloud> StartAsync(CancellationToken cancellationToken)
    {
        var certificate = Certificate();
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen =>
        {
            listen.Protocols = HttpProtocols.Http1;
            listen.UseHttps(certificate);
        }));
        builder.Services.AddRoutingCore();
        var app = builder.Build();
        var cloud = new TeamsCloud(app, certificate);
        app.UseRouting();
        app.MapGet("/v1/.well-known/openidconfiguration", () => Results.Json(new { issuer = "https://api.botframework.com", jwks_uri = $"{cloud.Url}/v1/.well-known/keys" }));
        app.MapGet("/v1/.well-known/keys", () => Results.Json(new { keys = new[] { cloud._key.Jwk("msteams") } }));
        app.MapPost("/{tenant}/oauth2/v2.0/token", async (HttpRequest request) => (await request.ReadFormAsync())["client_secret"] == TeamsSide.Secret
            ? Results.Json(new { token_type = "Bearer", expires_in = 3599, access_token = "token-of-entra" })
            : Results.Json(new { error = "invalid_client" }, statusCode: 401));
        cloud.Connector.Map(app, "localhost");
        await app.StartAsync(cancellationToken);
        return cloud;
    }

    /// <summary>Its section of the configuration; its certificate and secret are left in the folder.</summary>
    public string Section(DataFolder folder)
    {
        folder.Write("teams-secret", TeamsSide.Secret);
        folder.Environment["SSL_CERT_FILE"] = folder.Write("cloud.pem", _certificate.ExportCertificatePem());
        return $"teams: {{ appId: {TeamsSide.AppId}, clientSecret: !file teams-secret, tenants: [{TeamsSide.Tenant}], serviceUrl: \"{Url}/teams/\", serviceUrls: [\"{Url}/\"], authority: \"{Url}/{TeamsSide.Tenant}\", openIdMetadata: \"{Url}/v1/.well-known/openidconfiguration\" }}";
    }

    /// <summary>Posts an activity as Teams does, from somebody and from where it says that it is.</summary>
    public async Task<HttpStatusCode> SendAsync(Uri webhooks, JsonObject activity, CancellationToken cancellationToken) => (await AskAsync(webhooks, activity, cancellationToken)).Status;

    public async Task<(HttpStatusCode Status, string Answer)> AskAsync(Uri webhooks, JsonObject activity, CancellationToken cancellationToken)
    {
        var now = TimeProvider.System.GetUtcNow();
        var claims = TokenMaker.Claims(now);
        claims["serviceurl"] = ServiceUrl;
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(webhooks, TeamsEndpoints.Path))
        {
            Content = new StringContent(activity.ToJsonString(), Encoding.UTF8, "application/json"),
        };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", _key.Token(claims));
        using var response = await _http.SendAsync(request, cancellationToken);
        return (response.StatusCode, await response.Content.ReadAsStringAsync(cancellationToken));
    }

    /// <summary>The bot is added to a channel, and told so as often as it takes: its first asking for the keys may fail.</summary>
    public async Task AddedAsync(Uri webhooks, string channel, CancellationToken cancellationToken)
    {
        var added = Mention("", TeamsPerson.Anna, channel).With("type", "conversationUpdate");
        await OpsBotProgram.UntilAsync(
            async () => await SendAsync(webhooks, added, cancellationToken) == HttpStatusCode.OK ? "so" : null, "the bot to hear that it was added", cancellationToken);
    }

    /// <summary>Somebody writes to the bot below a card.</summary>
    public JsonObject Mention(string words, TeamsPerson who, string conversation) => From(SomeActivity.Mention(words, Next()), who, conversation);

    /// <summary>Somebody presses a button of a card.</summary>
    public JsonObject Press(JsonNode data, TeamsPerson who, string conversation) => From(SomeActivity.Invoke((JsonObject)data.DeepClone()).With("id", $"f:{Next()}"), who, conversation);

    public async ValueTask DisposeAsync()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(5), TimeProvider.System);
        await _app.StopAsync(limit.Token);
        await _app.DisposeAsync();
        _http.Dispose();
        _key.Dispose();
        _certificate.Dispose();
    }

    private JsonObject From(JsonObject activity, TeamsPerson who, string conversation)
    {
        activity["from"] = new JsonObject { ["id"] = who.Id, ["name"] = who.Name, ["aadObjectId"] = who.Entra };
        activity["conversation"]!["id"] = conversation;
        activity["serviceUrl"] = ServiceUrl;
        activity["timestamp"] = TimeProvider.System.GetUtcNow().ToString("O", CultureInfo.InvariantCulture);
        return activity;
    }

    private string Next() => string.Create(CultureInfo.InvariantCulture, $"{1_800_000_000_000 + Interlocked.Increment(ref _said)}");

    private static X509Certificate2 Certificate()
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        request.CertificateExtensions.Add(names.Build());
        var now = TimeProvider.System.GetUtcNow();
        using var made = request.CreateSelfSigned(now.AddDays(-1), now.AddDays(2));
        return X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pfx), null);
    }
}

/// <summary>Somebody in Teams.</summary>
/// <param name="Id">As the bot knows them.</param>
/// <param name="Entra">As their directory does.</param>
internal sealed record TeamsPerson(string Name, string Id, string Entra)
{
    public static TeamsPerson Anna { get; } = new("Anna", "29:anna", "0f8fad5b-d9cb-469f-a165-000000000001");

    public static TeamsPerson Ben { get; } = new("Ben", "29:ben", "0f8fad5b-d9cb-469f-a165-000000000002");

    public static TeamsPerson Stranger { get; } = new("Nobody", "29:nobody", "0f8fad5b-d9cb-469f-a165-000000000003");

    /// <summary>As the roster has them.</summary>
    public object Member(string email, string role = "user") => new { id = Id, name = Name, aadObjectId = Entra, tenantId = TeamsSide.Tenant, email, userPrincipalName = email, userRole = role };
}
