using System.Security.Cryptography;

namespace OpsBot.Ingress.Authentication;

/// <summary>How a signature is written.</summary>
/// <param name="Header">Where it stands.</param>
/// <param name="Prefix">What stands before it.</param>
/// <param name="Hash">The hash of the HMAC.</param>
/// <param name="Base64">Base64 in place of hexadecimal digits.</param>
internal sealed record SignatureScheme(string Header, string Prefix, BodyHash Hash = BodyHash.Sha256, bool Base64 = false)
{
    public byte[] Compute(ReadOnlySpan<byte> secret, ReadOnlySpan<byte> body) =>
        Hash == BodyHash.Sha512 ? HMACSHA512.HashData(secret, body) : HMACSHA256.HashData(secret, body);

    public string Write(byte[] signature) => Prefix + (Base64 ? Convert.ToBase64String(signature) : Convert.ToHexStringLower(signature));

    /// <summary>The bytes of a signature; null where it is none of this scheme.</summary>
    public byte[]? Read(string text)
    {
        if (!text.StartsWith(Prefix, StringComparison.Ordinal))
            return null;
        var bytes = new byte[Hash == BodyHash.Sha512 ? HMACSHA512.HashSizeInBytes : HMACSHA256.HashSizeInBytes];
        var digits = text.AsSpan(Prefix.Length);
        if (Base64)
            return Convert.TryFromBase64Chars(digits, bytes, out var written) && written == bytes.Length ? bytes : null;
        return digits.Length == bytes.Length * 2 && Convert.FromHexString(digits, bytes, out _, out _) == System.Buffers.OperationStatus.Done ? bytes : null;
    }
}

internal enum BodyHash
{
    Sha256,
    Sha512,
}
