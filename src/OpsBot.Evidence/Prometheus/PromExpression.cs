using System.Globalization;
using System.Text;

namespace OpsBot.Evidence.Prometheus;

/// <summary>What can be done to PromQL without understanding all of it.</summary>
internal static class PromExpression
{
    private static readonly string[] Operators = [">=", "<=", "==", "!=", ">", "<"];
    private static readonly string[] SetOperators = ["and", "or", "unless"];
    private static readonly string[] Modifiers = ["on", "ignoring", "group_left", "group_right"];

    /// <summary>What an alert's expression compares: <c>rate(x[5m]) &gt; 0.1 and y &lt; 3</c> gives <c>rate(x[5m])</c> and <c>y</c>. Constants are left out.</summary>
    public static IReadOnlyList<string> Operands(string expression)
    {
        var found = new List<string>();
        Collect(expression, 0, found);
        return [.. found.Distinct(StringComparer.Ordinal)];
    }

    /// <summary>
    /// Puts values in the place of placeholders, escaped for the string that each stands in, and for a regular expression after <c>=~</c>.
    /// </summary>
    /// <param name="missing">The placeholder that the incident has no value for.</param>
    /// <returns>The query; null where a value is missing.</returns>
    /// <exception cref="FormatException">A placeholder stands outside quotes, or its value cannot be written there.</exception>
    public static string? Fill(string expression, IncidentFacts facts, out string? missing)
    {
        missing = null;
        var text = new StringBuilder(expression.Length + 64);
        var quote = '\0';
        var regex = false;
        for (var i = 0; i < expression.Length; i++)
        {
            var c = expression[i];
            if (Placeholders.TryRead(expression.AsSpan(i), out var name, out var length))
            {
                if (quote == '\0') throw new FormatException($"'{{{name}}}' must stand inside quotes in '{expression}'.");
                if (Placeholders.ValueOf(name, facts) is not { } value)
                {
                    missing = name;
                    return null;
                }

                text.Append(Escape(value, quote, regex));
                i += length - 1;
                continue;
            }

            text.Append(c);
            if (quote != '\0')
            {
                if (c == '\\' && quote != '`' && i + 1 < expression.Length) text.Append(expression[++i]);
                else if (c == quote) quote = '\0';
            }
            else if (c is '"' or '\'' or '`')
            {
                quote = c;
                regex = expression.AsSpan(0, i).TrimEnd() is [.., '~'];
            }
        }

        return text.ToString();
    }

    /// <summary>A string in double quotes.</summary>
    public static string Quote(string value) => $"\"{Escape(value, '"', regex: false)}\"";

    private static string Escape(string value, char quote, bool regex)
    {
        var text = new StringBuilder(value.Length + 8);
        foreach (var c in value)
        {
            if (quote == '`' && (c == '`' || regex)) throw new FormatException("A value cannot be written inside backquotes safely; use double quotes.");

            // the string is unescaped before the expression in it is read, so its backslash is written twice
            if (regex && @"\.+*?()|[]{}^$".Contains(c, StringComparison.Ordinal)) text.Append(@"\\");
            if (quote == '`') text.Append(c);
            else if (c == '\\' || c == quote) text.Append('\\').Append(c);
            else if (c == '\n') text.Append(@"\n");
            else if (c == '\r') text.Append(@"\r");
            else if (!char.IsControl(c)) text.Append(c);
        }

        return text.ToString();
    }

    private static void Collect(string expression, int depth, List<string> found)
    {
        expression = Unwrap(expression.Trim());
        if (depth > 20 || found.Count >= 12 || expression.Length == 0) return;
        var split = FirstSplit(expression, SetOperators, words: true) ?? FirstSplit(expression, Operators, words: false);
        if (split is not { } at)
        {
            if (!IsConstant(expression)) found.Add(expression);
            return;
        }

        Collect(expression[..at.Start], depth + 1, found);
        Collect(WithoutModifiers(expression[at.End..]), depth + 1, found);
    }

    private static bool IsConstant(string text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out _) ||
        !text.Any(c => char.IsAsciiLetter(c) || c == '{') || text is "time()" || (text.StartsWith("vector(", StringComparison.Ordinal) && ClosingOf(text) == text.Length - 1);

    private static string Unwrap(string text)
    {
        while (text.Length > 2 && text[0] == '(' && ClosingOf(text) == text.Length - 1) text = text[1..^1].Trim();
        return text;
    }

    private static int ClosingOf(string text)
    {
        var level = 0;
        foreach (var (i, before, _) in Walk(text))
        {
            if (text[i] is '(' or '{' or '[') level++;
            else if (text[i] is ')' or '}' or ']') level = before;
            if (i > 0 && level == 0 && text[i] == ')') return i;
        }

        return -1;
    }

    private static (int Start, int End)? FirstSplit(string text, string[] operators, bool words)
    {
        foreach (var (i, level, _) in Walk(text))
        {
            if (level != 0 || i == 0) continue;
            foreach (var op in operators)
            {
                if (string.Compare(text, i, op, 0, op.Length, words ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal) != 0) continue;
                if (words && (IsNameChar(text[i - 1]) || (i + op.Length < text.Length && IsNameChar(text[i + op.Length])))) continue;
                return (i, i + op.Length);
            }
        }

        return null;
    }

    /// <summary>The places outside strings, each with the depth of brackets before it (after it, for a closing one).</summary>
    private static IEnumerable<(int Index, int Level, char Char)> Walk(string text)
    {
        var level = 0;
        var quote = '\0';
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (quote != '\0')
            {
                if (c == '\\' && quote != '`') i++;
                else if (c == quote) quote = '\0';
                continue;
            }

            if (c is '"' or '\'' or '`') quote = c;
            else if (c is ')' or '}' or ']') level--;
            yield return (i, level, c);
            if (c is '(' or '{' or '[') level++;
        }
    }

    /// <summary>Takes <c>bool</c>, <c>on (…)</c>, <c>ignoring (…)</c> and <c>group_left (…)</c> off the begin of a right-hand side.</summary>
    private static string WithoutModifiers(string text)
    {
        text = text.TrimStart();
        while (true)
        {
            var word = new string([.. text.TakeWhile(IsNameChar)]).ToLowerInvariant();
            if (word == "bool")
            {
                text = text[4..].TrimStart();
                continue;
            }

            if (!Modifiers.Contains(word)) return text;
            var rest = text[word.Length..].TrimStart();
            if (rest.Length > 0 && rest[0] == '(' && rest.IndexOf(')', StringComparison.Ordinal) is var close and > 0) rest = rest[(close + 1)..].TrimStart();
            text = rest;
        }
    }

    private static bool IsNameChar(char c) => char.IsAsciiLetterOrDigit(c) || c is '_' or ':';
}
