using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace OpsBot.Ingress.Reading;

/// <summary>How much of a sender's text is kept. Lengths are in UTF-16 units.</summary>
internal static class Bounds
{
    public const int Name = 300;
    public const int Title = 500;
    public const int Summary = 2_000;
    public const int Description = 8_000;
    public const int Url = 8_000;
    public const int Diff = 100_000;
    public const int Entries = 200;

    /// <summary>An API description beside the facts of a change; a larger one can be linked.</summary>
    public const int Contract = 4 << 20;

    public const int Contracts = 10;
    public const int Links = 20;
    public const int KeyLength = 250;

    /// <summary>One body holds at most so many alerts or events; senders group hundreds, not thousands.</summary>
    public const int Items = 5_000;

    /// <summary>The text up to <paramref name="max"/>, an ellipsis for the rest, and no half characters.</summary>
    public static string Cut(string? text, int max)
    {
        if (text is null || text.Length <= max)
            return text ?? "";
        var end = char.IsHighSurrogate(text[max - 2]) ? max - 2 : max - 1;
        return text[..end] + "…";
    }

    /// <summary>
    /// The text itself where it fits a key column; else its beginning and its SHA-256, so that different keys stay different.
    /// </summary>
    public static string Key(string text)
    {
        if (text.Length <= KeyLength && !text.Any(char.IsControl))
            return text;
        var beginning = string.Concat(Cut(text, 150).Select(c => char.IsControl(c) ? '\uFFFD' : c));
        return $"{beginning}~{Sha256(Encoding.UTF8.GetBytes(text))}";
    }

    public static string Sha256(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));

    /// <summary>A value for an error message: short, on one line, quoted where it is text.</summary>
    public static string Quote(JsonElement? value)
    {
        var text = value is { ValueKind: JsonValueKind.String } word ? $"'{Cut(word.GetString(), 60)}'" : Cut(value?.GetRawText() ?? "null", 60);
        return string.Concat(text.Select(c => char.IsControl(c) ? ' ' : c));
    }
}
