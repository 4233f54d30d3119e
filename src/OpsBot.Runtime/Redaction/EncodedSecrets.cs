using System.Text;

namespace OpsBot.Runtime.Redaction;

/// <summary>Secrets inside base64, percent-encoding or escapes of JSON, also inside one another; base64 that holds a secret is taken out whole.</summary>
internal static class EncodedSecrets
{
    private const int ShortestBase64 = 16;
    private const int LongestRun = 256 * 1024;
    private const int MaxDepth = 3;

    public static void Find(ReadOnlySpan<char> text, int depth, Action<string, int, List<Finding>> search, List<Finding> findings)
    {
        if (depth >= MaxDepth) return;
        for (var i = 0; i < text.Length;)
        {
            if (!IsBase64(text[i]))
            {
                i++;
                continue;
            }

            var end = i;
            while (end < text.Length && IsBase64(text[end])) end++;
            if (end - i is >= ShortestBase64 and <= LongestRun && Decode(text[i..end]) is { } plain)
            {
                while (end < text.Length && text[end] == '=') end++;
                Report(plain, i, end, "base64", depth, search, findings);
            }

            i = end;
        }

        FindEscapes(text, depth, search, findings);
    }

    /// <summary>Searches the text with one level of escapes undone, and says where in the escaped text each secret lies.</summary>
    private static void FindEscapes(ReadOnlySpan<char> text, int depth, Action<string, int, List<Finding>> search, List<Finding> findings)
    {
        if (Unescaped.Of(text) is not { } plain) return;
        var inner = new List<Finding>();
        search(plain.Text, depth + 1, inner);
        foreach (var (start, end, kind) in inner) findings.Add(new Finding(plain.Places[start], plain.Places[end], kind));
    }

    private static void Report(
        string plain, int start, int end, string kind, int depth, Action<string, int, List<Finding>> search, List<Finding> findings)
    {
        var inner = new List<Finding>();
        search(plain, depth + 1, inner);
        if (inner.Count > 0) findings.Add(new Finding(start, end, kind));
    }

    private static bool IsBase64(char c) => char.IsAsciiLetterOrDigit(c) || c is '+' or '/' or '-' or '_';

    /// <summary>The text that base64 stands for; null where it is no readable text.</summary>
    private static string? Decode(ReadOnlySpan<char> run)
    {
        // a cut-off end loses at most two characters of what it stood for
        var usable = run[..(run.Length % 4 == 1 ? run.Length - 1 : run.Length)];
        var chars = new char[(usable.Length + 3) / 4 * 4];
        chars.AsSpan().Fill('=');
        for (var i = 0; i < usable.Length; i++) chars[i] = usable[i] switch { '-' => '+', '_' => '/', var c => c };
        var bytes = new byte[chars.Length / 4 * 3];
        if (!Convert.TryFromBase64Chars(chars, bytes, out var length)) return null;
        var readable = 0;
        foreach (var b in bytes.AsSpan(0, length))
        {
            if (b is >= 32 and < 127 or 9 or 10 or 13) readable++;
        }

        return readable * 10 < length * 9 ? null : Encoding.UTF8.GetString(bytes, 0, length);
    }
}
