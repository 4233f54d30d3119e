using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using OpsBot.Contracts.Actions;

namespace OpsBot.Actions.Audit;

/// <summary>The hash of a row: HMAC-SHA256 over its fields and the hash of the row before.</summary>
internal static class AuditChain
{
    /// <summary>What the chain starts from, and what keeps these hashes apart from any other made with the same key.</summary>
    private const string Domain = "opsbot-audit-1";

    /// <returns>64 lower-case hexadecimal digits.</returns>
    public static string Mac(byte[] key, AuditRow row, string previousMac)
    {
        var text = new ArrayBufferWriter<byte>(512);
        // each field behind its length: no two rows read the same
        foreach (var field in (ReadOnlySpan<string>)
            [Domain, Number(row.Seq), Number(row.At.ToUnixTimeMilliseconds()), row.Kind, row.Actor, row.Subject, row.Body, previousMac])
        {
            Encoding.UTF8.GetBytes($"{Number(Encoding.UTF8.GetByteCount(field))}:", text);
            Encoding.UTF8.GetBytes(field, text);
        }

        return Convert.ToHexStringLower(HMACSHA256.HashData(key, text.WrittenSpan));
    }

    /// <summary>
    /// Whether rows at the end of a chain were made with this key: any of them, for one that was altered says nothing of the key. Where there is none, any key will do.
    /// </summary>
    /// <param name="newest">The newest first, without gaps.</param>
    public static bool Knows(byte[] key, IReadOnlyList<AuditRow> newest)
    {
        // what the oldest of them goes back to is known of the very first row only
        var judged = newest.Select((row, at) => (Row: row, Before: row.Seq == 1 ? "" : newest.ElementAtOrDefault(at + 1)?.Mac)).Where(pair => pair.Before is not null).ToList();
        return judged.Count == 0 || judged.Any(pair => Same(Mac(key, pair.Row, pair.Before!), pair.Row.Mac));
    }

    public static bool Same(string one, string other) =>
        CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(one), Encoding.UTF8.GetBytes(other));

    private static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);
}
