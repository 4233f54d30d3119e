using System.Buffers;

namespace OpsBot.Runtime.Redaction;

/// <summary>The password in <c>scheme://user:password@host</c>, in <c>user:password@tcp(host)</c> and after <c>curl -u</c>.</summary>
internal static class UrlPasswords
{
    /// <summary>Longest user and password together, characters; keeps the search linear.</summary>
    private const int Longest = 2048;

    private static readonly SearchValues<char> Stops = SearchValues.Create(" \t\r\n\"'<>`");

    public static void Find(ReadOnlySpan<char> text, List<Finding> findings)
    {
        FindIn(text, "://", findings);
        FindDsn(text, findings);
        FindAfterOption(text, " -u ", findings);
        FindAfterOption(text, " --user ", findings);
    }

    private static void FindIn(ReadOnlySpan<char> text, string mark, List<Finding> findings)
    {
        for (var from = 0; ;)
        {
            var at = text[from..].IndexOf(mark);
            if (at < 0) return;
            from += at + mark.Length;
            var authority = text[from..Math.Min(text.Length, from + Longest)];
            var end = authority.IndexOfAny(Stops);
            if (end >= 0) authority = authority[..end];

            // a password may hold a slash that nobody encoded, but then an @ must follow before the next URL
            var slash = authority.IndexOf('/');
            var host = authority.LastIndexOf('@');
            if (host < 0) continue;
            if (slash >= 0 && slash < host && authority[..slash].IndexOf(':') < 0) continue;
            if (slash >= 0 && slash < host && authority[..slash].Contains('@')) host = authority[..slash].LastIndexOf('@');
            var colon = authority[..host].IndexOf(':');
            if (colon < 0 || colon + 1 == host) continue;
            if (slash >= 0 && slash < host && IsPort(authority[(colon + 1)..slash])) continue;
            findings.Add(new Finding(from + colon + 1, from + host, "password"));
        }
    }

    private static bool IsPort(ReadOnlySpan<char> text) => text.Length is > 0 and <= 5 && !text.ContainsAnyExceptInRange('0', '9');

    private static void FindDsn(ReadOnlySpan<char> text, List<Finding> findings)
    {
        for (var from = 0; ;)
        {
            var tcp = text[from..].IndexOf("@tcp(");
            if (tcp < 0) return;
            tcp += from;
            from = tcp + 5;
            var before = text[Math.Max(0, tcp - Longest)..tcp];
            var start = before.LastIndexOfAny(Stops) + 1;
            var colon = before[start..].IndexOf(':');
            if (colon >= 0 && start + colon + 1 < before.Length) findings.Add(new Finding(tcp - before.Length + start + colon + 1, tcp, "password"));
        }
    }

    private static void FindAfterOption(ReadOnlySpan<char> text, string option, List<Finding> findings)
    {
        for (var from = 0; ;)
        {
            var at = text[from..].IndexOf(option);
            if (at < 0) return;
            from += at + option.Length;
            var word = text[from..];
            var end = word.IndexOfAny(" \t\r\n");
            if (end >= 0) word = word[..end];
            var colon = word.IndexOf(':');
            if (colon < 0 || colon + 1 == word.Length || word.StartsWith("http")) continue;
            var last = word.TrimEnd("\"'").Length;
            if (last > colon + 1) findings.Add(new Finding(from + colon + 1, from + last, "password"));
        }
    }
}
