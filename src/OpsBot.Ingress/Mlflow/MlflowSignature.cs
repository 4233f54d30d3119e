using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using OpsBot.Ingress.Authentication;
using OpsBot.Ingress.Webhooks;

namespace OpsBot.Ingress.Mlflow;

/// <summary>
/// MLflow's signature (mlflow/webhooks/delivery.py): <c>v1,</c> and the base64 of the HMAC-SHA256 of "delivery id . time . body". Older or newer than five minutes is refused.
/// </summary>
internal sealed class MlflowSignature(IReadOnlyList<string> secrets, bool insecure, TimeProvider clock) : IAuthentication
{
    public const string DeliveryHeader = "X-MLflow-Delivery-Id";
    private const string Header = "X-MLflow-Signature";
    private const string TimeHeader = "X-MLflow-Timestamp";
    private const string Version = "v1,";

    private static readonly TimeSpan Tolerance = TimeSpan.FromMinutes(5);

    private readonly byte[][] _secrets = [.. secrets.Select(Encoding.UTF8.GetBytes)];

    public bool ReadsBody => true;

    public bool Accepts(WebhookHeaders headers, ReadOnlySpan<byte> body)
    {
        if (_secrets.Length == 0)
            return insecure;
        if (headers[DeliveryHeader] is not { Length: > 0 } delivery || headers[TimeHeader] is not { } time || headers[Header] is not { } signature || !IsFresh(time)
            || !signature.StartsWith(Version, StringComparison.Ordinal))
            return false;
        var given = new byte[HMACSHA256.HashSizeInBytes];
        if (!Convert.TryFromBase64String(signature[Version.Length..], given, out var length) || length != given.Length)
            return false;
        var accepted = false;
        foreach (var secret in _secrets)
            accepted |= CryptographicOperations.FixedTimeEquals(Compute(secret, delivery, time, body), given);
        return accepted;
    }

    public IReadOnlyDictionary<string, string> Sign(ReadOnlySpan<byte> body)
    {
        // the same body is the same delivery, as when MLflow sends one again
        var delivery = Convert.ToHexStringLower(SHA256.HashData(body))[..32];
        if (_secrets.Length == 0)
            return new Dictionary<string, string> { [DeliveryHeader] = delivery };
        var time = clock.GetUtcNow().ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        return new Dictionary<string, string>
        {
            [DeliveryHeader] = delivery,
            [TimeHeader] = time,
            [Header] = Version + Convert.ToBase64String(Compute(_secrets[0], delivery, time, body)),
        };
    }

    private static byte[] Compute(byte[] secret, string delivery, string time, ReadOnlySpan<byte> body)
    {
        using var hash = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, secret);
        hash.AppendData(Encoding.UTF8.GetBytes($"{delivery}.{time}."));
        hash.AppendData(body);
        return hash.GetHashAndReset();
    }

    private bool IsFresh(string time) =>
        long.TryParse(time, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) && seconds < 100_000_000_000
        && (clock.GetUtcNow() - DateTimeOffset.FromUnixTimeSeconds(seconds)).Duration() <= Tolerance;
}
