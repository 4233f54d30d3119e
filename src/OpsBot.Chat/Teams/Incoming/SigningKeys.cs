using System.Text.Json;
using Microsoft.IdentityModel.Protocols;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using Microsoft.IdentityModel.Tokens;

namespace OpsBot.Chat.Teams.Incoming;

/// <summary>
/// The keys that Teams signs with, as its OpenID metadata publishes them. Kept for a day, as the protocol asks; a key that is not among them is
/// looked for again, because keys rotate, but not more often than every few minutes, because anybody can make a key id up.
/// </summary>
internal sealed class SigningKeys(string metadata, IDocumentRetriever documents, TimeProvider time) : IDisposable
{
    /// <summary>How long keys are used without asking again.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromHours(24);

    /// <summary>Between two askings for a key that is not known.</summary>
    public static readonly TimeSpan ShortestInterval = TimeSpan.FromMinutes(5);

    // keys that could not be asked for again are still the best there are, for as long as the publisher itself keeps them
    private static readonly TimeSpan LongestUse = TimeSpan.FromDays(5);
    private static readonly TimeSpan FailureInterval = TimeSpan.FromSeconds(10);

    private readonly SemaphoreSlim _asking = new(1, 1);
    private volatile Known _known = new(new Dictionary<string, SigningKey>(StringComparer.Ordinal), DateTimeOffset.MinValue);
    private DateTimeOffset _asked = DateTimeOffset.MinValue;
    private DateTimeOffset _failed = DateTimeOffset.MinValue;

    /// <summary>The key of that id; null where the publisher has none.</summary>
    /// <exception cref="KeysUnavailableException">No keys are at hand that may still be used, and none could be had.</exception>
    public async Task<SigningKey?> FindAsync(string id, CancellationToken cancellationToken)
    {
        var known = _known;
        var age = time.GetUtcNow() - known.At;
        if (age < Lifetime && known.Keys.TryGetValue(id, out var key)) return key;
        await _asking.WaitAsync(cancellationToken);
        try
        {
            known = _known;
            var now = time.GetUtcNow();
            var isFresh = now - known.At < Lifetime;
            if (isFresh && known.Keys.TryGetValue(id, out key)) return key;
            if (now - _failed >= FailureInterval && (!isFresh || now - _asked >= ShortestInterval)) await AskAsync(now, cancellationToken);
            known = _known;
            if (now - known.At > LongestUse) throw new KeysUnavailableException($"The signing keys of Teams cannot be had from {metadata}.");
            return known.Keys.GetValueOrDefault(id);
        }
        finally
        {
            _asking.Release();
        }
    }

    /// <summary>How many keys are published now; for whoever looks whether they can be had at all.</summary>
    /// <exception cref="KeysUnavailableException">They cannot be had.</exception>
    public async Task<int> CountAsync(CancellationToken cancellationToken)
    {
        await FindAsync("", cancellationToken);
        return _known.Keys.Count;
    }

    public void Dispose() => _asking.Dispose();

    private async Task AskAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        try
        {
            var configuration = await OpenIdConnectConfigurationRetriever.GetAsync(metadata, documents, cancellationToken);
            var keys = configuration.JsonWebKeySet?.Keys.Where(IsUsable)
                .Select(key => new SigningKey(key.Kid, key, Endorsements(key)))
                .DistinctBy(key => key.Id, StringComparer.Ordinal).ToDictionary(key => key.Id, StringComparer.Ordinal) ?? [];
            _asked = now;
            // a document without a single key is a fault of the publisher, and no reason to refuse everybody
            if (keys.Count > 0) _known = new Known(keys, now);
            else _failed = time.GetUtcNow();
        }
        catch (Exception fault) when (fault is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            // from its end: a publisher that hangs for as long as the interval would be asked by everybody who waits, one after the other
            _failed = time.GetUtcNow();
        }
    }

    private static bool IsUsable(JsonWebKey key) =>
        !string.IsNullOrEmpty(key.Kid) && key.Kty == JsonWebAlgorithmsKeyTypes.RSA && key.Use is null or "" or "sig";

    private static HashSet<string> Endorsements(JsonWebKey key) => key.AdditionalData.TryGetValue("endorsements", out var value)
        ? value switch
        {
            JsonElement { ValueKind: JsonValueKind.Array } array =>
                array.EnumerateArray().Where(item => item.ValueKind == JsonValueKind.String).Select(item => item.GetString()!).ToHashSet(StringComparer.Ordinal),
            IEnumerable<object> items => items.Select(item => item.ToString() ?? "").ToHashSet(StringComparer.Ordinal),
            _ => [],
        }
        : [];

    private sealed record Known(IReadOnlyDictionary<string, SigningKey> Keys, DateTimeOffset At);
}

/// <summary>A key that Teams signs with.</summary>
/// <param name="Endorsements">The channels that it may sign for: <c>msteams</c>.</param>
internal sealed record SigningKey(string Id, SecurityKey Key, IReadOnlySet<string> Endorsements);

/// <summary>Nobody can be told from a stranger now; the sender is asked to try again.</summary>
internal sealed class KeysUnavailableException(string message) : Exception(message);
