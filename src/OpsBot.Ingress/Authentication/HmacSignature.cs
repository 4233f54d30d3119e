using System.Security.Cryptography;
using System.Text;
using OpsBot.Ingress.Webhooks;

namespace OpsBot.Ingress.Authentication;

/// <summary>
/// An HMAC over the raw body in a header; several, separated by commas, while the sender rotates its secret.
/// </summary>
internal sealed class HmacSignature(SignatureScheme scheme, IReadOnlyList<string> secrets, bool insecure) : IAuthentication
{
    // a rotation has two signatures; more only make us compute
    private const int MaxSignatures = 16;

    private readonly byte[][] _secrets = [.. secrets.Select(Encoding.UTF8.GetBytes)];

    public bool ReadsBody => true;

    public bool Accepts(WebhookHeaders headers, ReadOnlySpan<byte> body)
    {
        if (_secrets.Length == 0)
            return insecure;
        var signatures = Signatures(headers[scheme.Header]);
        if (signatures.Count == 0)
            return false;

        var accepted = false;
        foreach (var secret in _secrets)
        {
            var expected = scheme.Compute(secret, body);
            foreach (var signature in signatures)
                accepted |= CryptographicOperations.FixedTimeEquals(expected, signature);
        }

        return accepted;
    }

    public IReadOnlyDictionary<string, string> Sign(ReadOnlySpan<byte> body)
    {
        if (_secrets.Length == 0)
            return new Dictionary<string, string>();
        return new Dictionary<string, string> { [scheme.Header] = scheme.Write(scheme.Compute(_secrets[0], body)) };
    }

    private List<byte[]> Signatures(string? value) =>
    [
        .. (value ?? "").Split(',', MaxSignatures + 1, StringSplitOptions.TrimEntries).Take(MaxSignatures).Select(scheme.Read).OfType<byte[]>(),
    ];
}
