using System.Security.Cryptography;
using System.Text;

namespace OpsBot.Host.WebConsole.View;

/// <summary>What is muted, the next to end first.</summary>
/// <param name="More">There are more than are shown.</param>
/// <param name="Answer">What became of the click that led here.</param>
public sealed record MuteBoard(IReadOnlyList<MuteRow> Rows, bool More, string? Answer)
{
    public const int Limit = 200;
}

/// <summary>One mute.</summary>
/// <param name="Key">What its form calls it: a fingerprint may be anything, and a form does not carry everything unchanged.</param>
/// <param name="Person">Who wanted it so, as shown.</param>
/// <param name="Held">Alerts that are held back at the moment.</param>
public sealed record MuteRow(string Key, string Fingerprint, string Person, string? Reason, DateTimeOffset At, DateTimeOffset Until, long Held)
{
    public static string KeyOf(string fingerprint) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(fingerprint)))[..32];
}
