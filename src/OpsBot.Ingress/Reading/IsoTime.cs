using System.Text.Json;

namespace OpsBot.Ingress.Reading;

/// <summary>Reads ISO 8601 times as monitoring systems write them: up to nine digits of fraction, with an offset or without.</summary>
internal static class IsoTime
{
    public static bool TryParse(string text, out DateTimeOffset time)
    {
        time = default;
        if (text.Length is < 10 or > 64)
            return false;
        text = Strict(text);
        // a time without an offset is UTC: the machine that OpsBot runs on must not matter
        var hasClock = text.Length > 10 && text[10] is 'T' or 't';
        var hasOffset = hasClock && (text[^1] is 'Z' or 'z' || text.AsSpan(11).IndexOfAny('+', '-') >= 0);
        var full = (hasClock, hasOffset) switch
        {
            (_, true) => text,
            (true, false) => text + "Z",
            _ => text + "T00:00:00Z",
        };
        using var quoted = Quoted(full.ToUpperInvariant());
        if (quoted is null || !quoted.RootElement.TryGetDateTimeOffset(out time))
            return false;
        time = time.ToUniversalTime();
        return true;
    }

    /// <summary>With <c>T</c> for the space that some write, <c>Z</c> for the word UTC, and a colon in <c>+0000</c>.</summary>
    private static string Strict(string text)
    {
        if (text.Length < 19)
            return text;
        if (text.EndsWith(" UTC", StringComparison.Ordinal))
            text = text[..^4] + "Z";
        if (text[10] == ' ')
            text = string.Concat(text.AsSpan(0, 10), "T", text.AsSpan(11));
        return text.Length > 19 && text[^5] is '+' or '-' && !text.AsSpan(text.Length - 4).ContainsAnyExceptInRange('0', '9')
            ? text.Insert(text.Length - 2, ":")
            : text;
    }

    private static JsonDocument? Quoted(string text) =>
        text.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or ':' or '.' or '+') ? JsonDocument.Parse($"\"{text}\"") : null;
}
