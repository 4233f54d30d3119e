using System.Text;
using OpsBot.Runtime.Words;

namespace OpsBot.Chat.Commands;

/// <summary>Reads what somebody wrote. Pure; whatever it is given, it says something of it.</summary>
public static class CommandParser
{
    /// <summary>Longest text that is read; what lies behind is cut away.</summary>
    public const int Longest = 4000;

    private const int MostArguments = 50;

    // Words that begin a question rather than a slip of the finger.
    private static readonly HashSet<string> QuestionWords = new(StringComparer.OrdinalIgnoreCase)
    {
        "what", "whats", "what's", "who", "how", "where", "when", "which", "is", "are", "does", "do", "did", "can", "could", "should", "has", "have", "was",
        "show", "tell", "any", "the",
    };

    public static ChatCommand Parse(string? text)
    {
        text = Cleaned(Bounded(text ?? "")).Trim();
        var words = Split(text);
        if (words.Count == 0)
            return new ChatCommand.Empty();
        // "/ops status" pasted into a channel means status.
        if (words[0].Text is "/ops" or "/opsbot")
            return Parse(text[words[0].End..]);
        var first = words[0].Text.TrimEnd(':', ',', '.', '!').TrimStart('/');
        if (IsCommand(first, words, text) is { } word)
            return Known(word, words, text[words[0].End..].Trim());
        if (QuestionWords.Contains(first) || text.EndsWith('?'))
            return new ChatCommand.Question(text);
        if (Nearest(first) is { } near)
            return new ChatCommand.Unknown(first, near);
        return words.Count >= 3 ? new ChatCommand.Question(text) : new ChatCommand.Unknown(first, null);
    }

    /// <summary>"why is checkout slow?" is a question; "why" and "why INC-3" ask for this incident.</summary>
    private static ChatWord? IsCommand(string first, List<Token> words, string text)
    {
        var word = ChatWords.Find(first) ?? (words[0].Text == "?" ? ChatWords.Find("help") : null);
        return word is { Word: "why" or "help" } && text.EndsWith('?') && words.Count >= 4 ? null : word;
    }

    private static ChatCommand.Known Known(ChatWord word, List<Token> words, string rest)
    {
        var arguments = new List<string>();
        var named = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var token in words.Skip(1).Take(MostArguments))
        {
            if (token.Sign > 0)
                named[token.Text[..token.Sign]] = token.Text[(token.Sign + 1)..];
            else
                arguments.Add(token.Text);
        }

        return new ChatCommand.Known(word, arguments, named, rest);
    }

    /// <summary>The word that lies nearest, where one lies near enough to be worth a question.</summary>
    public static string? Nearest(string given, IEnumerable<string>? among = null)
    {
        var word = given.ToLowerInvariant();
        return word.Length is < 2 or > 40
            ? null
            : (among ?? ChatWords.All.Select(each => each.Word)).Select(name => (Name: name, Distance: Edits.Between(word, name.ToLowerInvariant())))
                .Where(candidate => candidate.Distance <= Math.Max(1, Math.Min(word.Length, candidate.Name.Length) / 3))
                .OrderBy(candidate => candidate.Distance).ThenBy(candidate => candidate.Name, StringComparer.Ordinal)
                .Select(candidate => candidate.Name).FirstOrDefault();
    }

    private static string Bounded(string text) =>
        text.Length <= Longest ? text : text[..(char.IsHighSurrogate(text[Longest - 1]) ? Longest - 1 : Longest)];

    /// <summary>Characters that nobody types, NUL above all, divide words as blanks do: no store takes all of them.</summary>
    private static string Cleaned(string text) => text.Any(char.IsControl)
        ? string.Create(text.Length, text, (clean, given) =>
        {
            for (var i = 0; i < clean.Length; i++)
                clean[i] = char.IsControl(given[i]) && given[i] is not ('\n' or '\t') ? ' ' : given[i];
        })
        : text;

    /// <summary>Blanks divide; quotes, those that telephones make too, hold together.</summary>
    private static List<Token> Split(string text)
    {
        var tokens = new List<Token>();
        var word = new StringBuilder();
        var (inside, quote, equals) = (false, '\0', -1);
        for (var i = 0; i <= text.Length; i++)
        {
            var end = i == text.Length;
            if (end || (quote == '\0' && char.IsWhiteSpace(text[i])))
            {
                if (inside)
                    tokens.Add(new Token(word.ToString(), equals, i));
                word.Clear();
                (inside, quote, equals) = (false, '\0', -1);
                continue;
            }

            var c = text[i] is '“' or '”' or '„' ? '"' : text[i];
            inside = true;
            if (quote != '\0' && c == quote)
                quote = '\0';
            else if (quote == '\0' && c == '"')
                quote = c;
            else
            {
                if (c == '=' && quote == '\0' && equals < 0)
                    equals = word.Length;
                word.Append(c);
            }
        }

        return tokens;
    }

    /// <param name="Sign">Where its first <c>=</c> stands; -1 for none.</param>
    /// <param name="End">Where it ends in the text.</param>
    private readonly record struct Token(string Text, int Sign, int End);
}
