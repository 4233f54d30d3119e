using System.Text;
using System.Text.Json.Nodes;

namespace OpsBot.Chat.Slack.Blocks;

/// <summary>
/// Text for Slack that is only ever text. <c>&amp;</c>, <c>&lt;</c> and <c>&gt;</c> are Slack's control characters: written as entities, nothing in a text is a
/// mention, a link or a group. Texts from outside stand in <c>plain_text</c> objects, where neither <c>*</c> nor <c>_</c> nor <c>:name:</c> means anything.
/// </summary>
internal static class SlackText
{
    public static string Escape(string text) =>
        text.Replace("&", "&amp;", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal).Replace(">", "&gt;", StringComparison.Ordinal);

    /// <summary>At most so many characters once escaped; what is longer ends in an ellipsis, and no entity or character is cut in two.</summary>
    public static string Fit(string text, int limit)
    {
        var first = Split(text, limit).FirstOrDefault() ?? "";
        if (Escape(text).Length <= limit)
            return Escape(text);
        return (Split(text, limit - 1).FirstOrDefault() ?? first).TrimEnd() + "…";
    }

    /// <summary>The whole text in escaped parts of at most so many characters, broken between lines where there are any, else between words, else anywhere.</summary>
    public static IEnumerable<string> Split(string text, int limit)
    {
        var rest = text;
        while (rest.Length > 0)
        {
            var end = Fitting(rest, limit);
            if (end < rest.Length)
            {
                var line = rest.LastIndexOf('\n', end - 1, end);
                var space = rest.LastIndexOf(' ', end - 1, end);
                end = line > end / 2 ? line + 1 : space > end / 2 ? space + 1 : end;
            }

            var part = Escape(rest[..end].TrimEnd('\n', ' '));
            if (part.Length > 0)
                yield return part;
            rest = rest[end..];
        }
    }

    /// <summary>A text object in which nothing is markup.</summary>
    public static JsonObject Plain(string text, int limit) => new() { ["type"] = "plain_text", ["text"] = Fit(text.Length == 0 ? " " : text, limit), ["emoji"] = false };

    /// <summary>A plain section of a part that is escaped already.</summary>
    public static JsonObject Section(string escaped) => new() { ["type"] = "section", ["text"] = new JsonObject { ["type"] = "plain_text", ["text"] = escaped, ["emoji"] = false } };

    /// <summary>Words of our own, in bold. Never for text from outside.</summary>
    public static JsonObject Heading(string own) => new()
    {
        ["type"] = "section",
        ["text"] = new JsonObject { ["type"] = "mrkdwn", ["text"] = $"*{Escape(Bare(own))}*", ["verbatim"] = true },
    };

    /// <summary>How many characters of the text fit when escaped; at least one, and never half of a pair.</summary>
    private static int Fitting(string text, int limit)
    {
        var (length, end) = (0, 0);
        foreach (var rune in text.EnumerateRunes())
        {
            length += rune.Value switch { '&' => 5, '<' or '>' => 4, _ => rune.Utf16SequenceLength };
            if (length > limit && end > 0)
                break;
            end += rune.Utf16SequenceLength;
        }

        return end;
    }

    /// <summary>Without what mrkdwn would read; a heading of ours may hold a name.</summary>
    private static string Bare(string text)
    {
        var bare = new StringBuilder(text.Length);
        foreach (var c in text)
            bare.Append(c is '*' or '_' or '~' or '`' or '\n' or '\r' ? ' ' : c);
        return bare.ToString();
    }
}
