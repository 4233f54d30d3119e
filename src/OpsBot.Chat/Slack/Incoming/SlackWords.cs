using System.Text;

namespace OpsBot.Chat.Slack.Incoming;

/// <summary>Turns what Slack sends as text into the words that the person typed: no mention of the bot, links as they are shown, entities undone.</summary>
internal static class SlackWords
{
    private const int Most = 8_000;

    /// <param name="bot">The bot's user id, whose mentions are taken out; null to leave all in.</param>
    public static string Plain(string? text, string? bot)
    {
        var plain = new StringBuilder();
        var rest = (text ?? "").AsSpan(0, Math.Min(text?.Length ?? 0, Most));
        while (rest.IndexOf('<') is var open and >= 0)
        {
            plain.Append(rest[..open]);
            rest = rest[(open + 1)..];
            var close = rest.IndexOf('>');
            if (close < 0)
            {
                plain.Append('<');
                continue;
            }

            plain.Append(Token(rest[..close], bot));
            rest = rest[(close + 1)..];
        }

        plain.Append(rest);
        return Printable(plain.ToString().Replace("&lt;", "<", StringComparison.Ordinal).Replace("&gt;", ">", StringComparison.Ordinal)
            .Replace("&amp;", "&", StringComparison.Ordinal)).Trim();
    }

    /// <summary>
    /// Without control characters but line breaks and tabs, which become spaces, and without halves of characters: they say nothing to anybody, and not every
    /// store keeps them (PostgreSQL takes no NUL).
    /// </summary>
    public static string Printable(string text)
    {
        if (text.All(c => c is '\n' or '\t' || !(char.IsControl(c) || char.IsSurrogate(c))))
            return text;
        var clean = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
            clean.Append(Rune.IsControl(rune) && rune.Value is not ('\n' or '\t') ? new Rune(' ') : rune);
        return clean.ToString();
    }

    /// <summary><c>@U…</c>, <c>#C…|name</c>, <c>!here</c>, or an address with a label.</summary>
    private static string Token(ReadOnlySpan<char> token, string? bot)
    {
        if (token.IsEmpty)
            return "<>";
        var bar = token.IndexOf('|');
        var what = bar < 0 ? token : token[..bar];
        var label = bar < 0 ? default : token[(bar + 1)..];
        if (what.IsEmpty)
            return label.ToString();
        return what[0] switch
        {
            '@' when bot is not null && what[1..].SequenceEqual(bot) => " ",
            '@' => $"@{(label.IsEmpty ? what[1..] : label)}",
            '#' => $"#{(label.IsEmpty ? what[1..] : label)}",
            '!' => $"@{(label.IsEmpty ? what[1..] : label)}",
            // of a host that somebody only named, Slack makes an address with the name as its label
            _ => label.IsEmpty ? what.ToString() : label.ToString(),
        };
    }
}
