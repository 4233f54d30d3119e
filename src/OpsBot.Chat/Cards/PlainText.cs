using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace OpsBot.Chat.Cards;

/// <summary>
/// Text that is only ever text. Bounded, without control characters and without characters that reorder or hide others;
/// what was taken out shows as U+FFFD. A surface escapes it for its own markup and never interprets it.
/// </summary>
[JsonConverter(typeof(JsonForm))]
public readonly record struct PlainText
{
    // a base letter with more marks than any script needs is there to overflow its line
    private const int MaxMarks = 4;

    private readonly string? _value;

    private PlainText(string value) => _value = value;

    public static PlainText Empty => default;

    public string Value => _value ?? "";

    public bool IsEmpty => Value.Length == 0;

    /// <summary>One line: every run of white space becomes one space.</summary>
    /// <param name="limit">Most UTF-16 units of the result; a longer text is cut and ends in an ellipsis.</param>
    public static PlainText Line(string? raw, int limit) => new(Clean(raw, limit, keepLines: false));

    /// <summary>Several lines: line breaks and tabs stay.</summary>
    /// <param name="limit">Most UTF-16 units of the result; a longer text is cut and ends in an ellipsis.</param>
    public static PlainText Block(string? raw, int limit) => new(Clean(raw, limit, keepLines: true));

    public override string ToString() => Value;

    private static string Clean(string? raw, int limit, bool keepLines)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        if (string.IsNullOrEmpty(raw)) return "";
        var clean = new StringBuilder(Math.Min(raw.Length, limit + 2));
        var marks = 0;
        var pendingSpace = false;
        // the loop ends at the limit: a title of a megabyte costs no more than a long one
        foreach (var rune in raw.EnumerateRunes())
        {
            if (clean.Length > limit) break;
            if (keepLines && rune.Value is '\n' or '\t') Append(rune);
            else if (keepLines && rune.Value is '\r') continue;
            else if (Rune.IsWhiteSpace(rune))
            {
                if (keepLines) Append(IsLineBreak(rune) ? new Rune('\n') : new Rune(' '));
                else pendingSpace = clean.Length > 0;
            }
            else if (IsMark(rune))
            {
                if (++marks <= MaxMarks) clean.Append(rune);
            }
            else
            {
                Append(IsHarmful(rune) ? Rune.ReplacementChar : rune);
            }
        }

        return Cut(clean, limit);

        void Append(Rune rune)
        {
            marks = 0;
            if (pendingSpace) clean.Append(' ');
            pendingSpace = false;
            clean.Append(rune);
        }
    }

    private static string Cut(StringBuilder clean, int limit)
    {
        if (clean.Length <= limit) return clean.ToString().TrimEnd();
        var end = limit - 1;
        if (end > 0 && char.IsHighSurrogate(clean[end - 1])) end--;
        return clean.ToString(0, end).TrimEnd() + "…";
    }

    private static bool IsLineBreak(Rune rune) => rune.Value is 0x0B or 0x0C or 0x85 or 0x2028 or 0x2029;

    private static bool IsMark(Rune rune) =>
        Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark;

    // joiners (U+200C, U+200D) are part of Persian words and of emoji; every other format character hides or reorders text
    private static bool IsHarmful(Rune rune) => Rune.GetUnicodeCategory(rune) switch
    {
        UnicodeCategory.Control or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned => true,
        UnicodeCategory.Format => rune.Value is not (0x200C or 0x200D),
        _ => false,
    };

    /// <summary>A JSON string; cleaned again when read, because a file or a row may have been edited.</summary>
    internal sealed class JsonForm : JsonConverter<PlainText>
    {
        private const int ReadLimit = 64 * 1024;

        public override PlainText Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            Block(reader.GetString(), ReadLimit);

        public override void Write(Utf8JsonWriter writer, PlainText value, JsonSerializerOptions options) =>
            writer.WriteStringValue(value.Value);
    }
}
