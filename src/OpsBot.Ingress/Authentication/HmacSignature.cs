using System.Security.Cryptography;
using System.Text;
using OpsBot.Ingress.Webhooks;

namespace OpsBot.Ingress.Authentication;

/// <summary>
/// HMAC-SHA256 over the raw body as <c>prefix + hex</c> in a header; several, separated by commas, while the sender rotates its secret.
/// </summary>
internal sealed class HmacSignature(string header, string prefix, SigningSenderOptions options) : IAuthentication
{
    // a rotation has two signatures; more only make us compute
    private const int MaxSignatures = 16;

    private readonly byte[][] _secrets = [.. options.Secrets.Select(Encoding.UTF8.GetBytes)];

    public bool ReadsBody => true;

    public bool Accepts(WebhookHeaders headers, ReadOnlySpan<byte> body)
    {
        if (_secrets.Length == 0)
            return options.Insecure;
        var signatures = Signatures(headers[header]);
        if (signatures.Count == 0)
            return false;

        Span<byte> expected = stackalloc byte[HMACSHA256.HashSizeInBytes];
        var accepted = false;
        foreach (var secret in _secrets)
        {
            HMACSHA256.HashData(secret, body, expected);
            foreach (var signature in signatures)
                accepted |= CryptographicOperations.FixedTimeEquals(expected, signature);
        }

        return accepted;
    }

    public IReadOnlyDictionary<string, string> Sign(ReadOnlySpan<byte> body)
    {
        if (_secrets.Length == 0)
            return new Dictionary<string, string>();
        return new Dictionary<string, string> { [header] = prefix + Convert.ToHexStringLower(HMACSHA256.HashData(_secrets[0], body)) };
    }

    private List<byte[]> Signatures(string? value)
    {
        var signatures = new List<byte[]>();
        foreach (var part in (value ?? "").Split(',', MaxSignatures + 1, StringSplitOptions.TrimEntries).Take(MaxSignatures))
        {
            if (part.Length != prefix.Length + HMACSHA256.HashSizeInBytes * 2 || !part.StartsWith(prefix, StringComparison.Ordinal))
                continue;
            var bytes = new byte[HMACSHA256.HashSizeInBytes];
            if (Convert.FromHexString(part.AsSpan(prefix.Length), bytes, out _, out _) == System.Buffers.OperationStatus.Done)
                signatures.Add(bytes);
        }

        return signatures;
    }
}
