using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace OpsBot.Chat.Slack.Incoming;

/// <summary>Slack's signature v0: HMAC-SHA256 with the signing secret over <c>v0:timestamp:raw body</c>, not older than five minutes.</summary>
internal static class SlackSignature
{
    public const string TimestampHeader = "X-Slack-Request-Timestamp", SignatureHeader = "X-Slack-Signature";

    private const string Version = "v0=";

    private static readonly TimeSpan Window = TimeSpan.FromMinutes(5);

    /// <summary>Why a request is none of Slack's; null where it is.</summary>
    public static string? Problem(string secret, string? timestamp, string? signature, ReadOnlySpan<byte> body, DateTimeOffset now)
    {
        // the time is looked at first, because it costs nothing; the signature covers it
        if (string.IsNullOrEmpty(timestamp) || timestamp.Length > 12 || !long.TryParse(timestamp, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds))
            return "it has no timestamp";
        if (Math.Abs(now.ToUnixTimeSeconds() - seconds) > Window.TotalSeconds)
            return "its timestamp is more than five minutes off; is a clock wrong, or was it recorded?";
        Span<byte> given = stackalloc byte[HMACSHA256.HashSizeInBytes];
        if (signature is not { Length: 67 } || !signature.StartsWith(Version, StringComparison.Ordinal)
            || Convert.FromHexString(signature.AsSpan(Version.Length), given, out _, out _) != System.Buffers.OperationStatus.Done)
            return "it has no signature";
        return CryptographicOperations.FixedTimeEquals(Compute(secret, timestamp, body), given) ? null : "its signature is wrong";
    }

    private static byte[] Compute(string secret, string timestamp, ReadOnlySpan<byte> body)
    {
        using var hash = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, Encoding.UTF8.GetBytes(secret.Trim()));
        hash.AppendData(Encoding.UTF8.GetBytes($"v0:{timestamp}:"));
        hash.AppendData(body);
        return hash.GetHashAndReset();
    }
}
