using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace OpsBot.Chat.Teams.Incoming;

/// <summary>
/// Whether a caller is the Bot Connector. The rules are those of "Authenticate requests from the Bot Connector service": issuer, audience, RS256 with a
/// published key, lifetime with five minutes of skew, the key endorsed for the channel, and the service address of the token that of the activity.
/// </summary>
internal sealed class BotTokenCheck(TeamsOptions options, SigningKeys keys, TimeProvider time)
{
    /// <summary>A token of the Bot Connector has about 1 KB.</summary>
    private const int LongestToken = 8 * 1024;
    private const string Scheme = "Bearer ";

    private static readonly TimeSpan Skew = TimeSpan.FromMinutes(5);

    // 'none' and every HS* are no signatures of a published key: they are not even tried
    private static readonly string[] Algorithms = [SecurityAlgorithms.RsaSha256];

    private readonly JsonWebTokenHandler _handler = new() { MapInboundClaims = false, MaximumTokenSizeInBytes = LongestToken };

    /// <summary>Looks at the header alone, before anything of the body is read.</summary>
    /// <exception cref="RefusedException">It is no token of the Bot Connector for us.</exception>
    /// <exception cref="KeysUnavailableException">Nobody can tell now.</exception>
    public async Task<BotToken> CheckAsync(string? authorization, CancellationToken cancellationToken)
    {
        if (authorization is null || !authorization.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase))
            throw new RefusedException("it shows no bearer token");
        var text = authorization[Scheme.Length..].Trim();
        if (text.Length > LongestToken || !_handler.CanReadToken(text)) throw new RefusedException("its token is no JWT");
        var key = await KeyAsync(text, cancellationToken);
        var result = await _handler.ValidateTokenAsync(text, new TokenValidationParameters
        {
            ValidIssuer = options.Issuer,
            ValidAudience = options.AppId,
            ValidAlgorithms = Algorithms,
            IssuerSigningKey = key.Key,
            ValidateIssuerSigningKey = true,
            RequireSignedTokens = true,
            RequireExpirationTime = true,
            RequireAudience = true,
            ClockSkew = Skew,
            LifetimeValidator = (notBefore, expires, _, _) => IsAlive(notBefore, expires),
        });
        if (!result.IsValid || result.SecurityToken is not JsonWebToken token)
            throw new RefusedException($"its token is not valid ({result.Exception?.GetType().Name ?? "unknown"})");
        return new BotToken(ServiceUrl(token), key.Endorsements);
    }

    private async Task<SigningKey> KeyAsync(string text, CancellationToken cancellationToken)
    {
        JsonWebToken token;
        try
        {
            token = _handler.ReadJsonWebToken(text);
        }
        catch (Exception unreadable) when (unreadable is ArgumentException or SecurityTokenException or FormatException)
        {
            throw new RefusedException("its token is no JWT");
        }

        if (token.Alg != SecurityAlgorithms.RsaSha256) throw new RefusedException("its token is not signed with RS256");
        if (string.IsNullOrEmpty(token.Kid)) throw new RefusedException("its token names no key");
        return await keys.FindAsync(token.Kid, cancellationToken) ?? throw new RefusedException("its token names a key that Teams does not publish");
    }

    private bool IsAlive(DateTime? notBefore, DateTime? expires)
    {
        var now = time.GetUtcNow().UtcDateTime;
        return expires is { } end && now <= end + Skew && (notBefore is not { } begin || now >= begin - Skew);
    }

    // it is written serviceurl, and serviceUrl in the documents
    private static string? ServiceUrl(JsonWebToken token) =>
        token.Claims.Where(claim => claim.Type.Equals("serviceurl", StringComparison.OrdinalIgnoreCase)).Take(2).ToList() is [var only] ? only.Value : null;
}

/// <summary>What a checked token says.</summary>
/// <param name="ServiceUrl">The service that it came from; null where it does not say.</param>
/// <param name="Endorsements">The channels that its key may sign for.</param>
internal sealed record BotToken(string? ServiceUrl, IReadOnlySet<string> Endorsements);

/// <summary>Somebody who is not the Bot Connector, or not from where they say. The reason is for our log; the caller learns nothing.</summary>
/// <param name="isForbidden">The token is good, but not for this.</param>
internal sealed class RefusedException(string reason, bool isForbidden = false) : Exception(reason)
{
    public bool IsForbidden { get; } = isForbidden;
}
