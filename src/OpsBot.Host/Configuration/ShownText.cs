using System.Text;

namespace OpsBot.Host.Configuration;

/// <summary>What of the configuration may stand in a message: bounded, without control characters, and nothing that looks like a secret.</summary>
internal static class ShownText
{
    private const int MaxLength = 60;
    private const int MaxMessage = 600;

    private static readonly string[] SecretWords =
        [
        "secret", "token", "password", "passwd", "credential", "key", "bearer", "signing", "authorization", "connection", "webhook",
        "cookie", "header",
    ];

    public static string Quote(string text) => $"'{Clean(text, MaxLength)}'";

    public static string Bound(string text) => Clean(text, MaxMessage);

    /// <summary>The value in quotes, or nothing to show: null where it is, or by its path may be, a secret.</summary>
    public static string? OrNull(ScalarNode node, string path) =>
        node.Value is null || node.IsSecret || MayBeSecret(path) || node.Value.Contains('@', StringComparison.Ordinal) ? null : Quote(node.Value);

    public static bool MayBeSecret(string path) =>
        SecretWords.Any(word => path.Contains(word, StringComparison.OrdinalIgnoreCase));

    private static string Clean(string text, int max)
    {
        var clean = new StringBuilder();
        foreach (var rune in text.EnumerateRunes())
        {
            if (clean.Length >= max)
            {
                return clean.Append('…').ToString();
            }

            // a terminal must not be steered by what a file says
            clean.Append(Rune.IsControl(rune) || rune.Value is 0x202E or 0x2028 or 0x2029 or 0xFFFD ? "?" : rune.ToString());
        }

        return clean.ToString();
    }
}
