using System.Security.Cryptography;
using System.Text;

namespace OpsBot.Host.WebConsole.Security;

/// <summary>The configured token of readers, kept only as its SHA-256.</summary>
internal sealed class LoginToken
{
    private const string HashPrefix = "sha256:";
    private const int Shortest = 16;

    private readonly byte[] _hash;

    private LoginToken(byte[] hash) => _hash = hash;

    public static LoginToken? From(string? configured)
    {
        if (string.IsNullOrEmpty(configured)) return null;
        return new LoginToken(configured.StartsWith(HashPrefix, StringComparison.OrdinalIgnoreCase)
            ? Convert.FromHexString(configured.AsSpan(HashPrefix.Length))
            : Hash(configured));
    }

    /// <summary>What is wrong with a configured token, without repeating it; null where nothing is.</summary>
    public static string? Problem(string? configured)
    {
        if (string.IsNullOrEmpty(configured)) return null;
        if (configured.StartsWith(HashPrefix, StringComparison.OrdinalIgnoreCase))
        {
            var hex = configured[HashPrefix.Length..];
            return hex.Length == 64 && hex.All(char.IsAsciiHexDigit)
                ? null
                : $"console.token: after sha256: come 64 hexadecimal digits; there are {hex.Length} characters.";
        }

        return configured.Length >= Shortest
            ? null
            : $"console.token has {configured.Length} characters; at least {Shortest} are needed, for example from 'openssl rand -base64 24'.";
    }

    /// <summary>Takes the same time whatever the guess has in common with the token.</summary>
    public bool Matches(string guess) => CryptographicOperations.FixedTimeEquals(Hash(guess), _hash);

    private static byte[] Hash(string token) => SHA256.HashData(Encoding.UTF8.GetBytes(token));
}
