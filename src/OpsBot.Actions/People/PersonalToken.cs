using System.Buffers;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace OpsBot.Actions.People;

/// <summary>What a person shows to prove who they are. OpsBot keeps only the hash of it.</summary>
public static class PersonalToken
{
    /// <summary>Begins every token made here, so that scanners for leaked secrets can find one.</summary>
    public const string Prefix = "opsbot_";

    /// <summary>Begins every hash in the configuration.</summary>
    public const string HashPrefix = "sha256:";

    /// <summary>Longest text that is looked at as a token.</summary>
    public const int MaxLength = 512;

    private static readonly SearchValues<char> HexDigits = SearchValues.Create("0123456789abcdefABCDEF");

    /// <summary>A fresh one, 256 random bits: too many to guess, so a plain hash of it needs no salt and no stretching.</summary>
    public static string Create() => Prefix + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));

    /// <summary>The form that stands in the configuration: <c>sha256:</c> and 64 hexadecimal digits.</summary>
    public static string HashLine(string token) => HashPrefix + Convert.ToHexStringLower(Hash(token));

    /// <returns>The 32 bytes of a hash line; null where it is none.</returns>
    public static byte[]? ParseHashLine(string? text) =>
        text is not null && text.StartsWith(HashPrefix, StringComparison.Ordinal) && text.Length == HashPrefix.Length + 64
        && text.AsSpan(HashPrefix.Length).IndexOfAnyExcept(HexDigits) < 0
            ? Convert.FromHexString(text.AsSpan(HashPrefix.Length))
            : null;

    internal static byte[] Hash(string token) => SHA256.HashData(Encoding.UTF8.GetBytes(token));
}
