using System.Security.Cryptography;
using System.Text;

namespace OpsBot.Ingress.Authentication;

/// <summary>Compares what was given with a secret.</summary>
internal static class SecretText
{
    // hashed first, so that not even the length of the secret shows in the time it takes
    public static bool Same(string given, string secret) => CryptographicOperations.FixedTimeEquals(
        SHA256.HashData(Encoding.UTF8.GetBytes(given)), SHA256.HashData(Encoding.UTF8.GetBytes(secret)));
}
