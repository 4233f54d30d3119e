using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace OpsBot.Actions.Catalog;

/// <summary>Holds one value against its parameter. A value that passes can be a part of one argument and nothing more.</summary>
internal static class ArgumentCheck
{
    /// <summary>Of a text that states no pattern: one plain word.</summary>
    public const string DefaultPattern = "[A-Za-z0-9_][A-Za-z0-9_.:/@+-]*";

    /// <summary>The same where <c>unicode: true</c>, blanks within included.</summary>
    public const string DefaultUnicodePattern = @"[\p{L}0-9_][\p{L}0-9_.:/@+ -]*";

    public const int DefaultMaxLength = 200;
    private const int ShownLength = 60;

    private static readonly ConcurrentDictionary<string, Regex> Compiled = new(StringComparer.Ordinal);

    /// <returns>Null where the value may be used; otherwise what is wrong, to follow the parameter's name and the value.</returns>
    public static string? Problem(ActionParameter parameter, string value) => parameter.Type switch
    {
        ParameterType.Integer => Integer(parameter, value),
        ParameterType.Choice => parameter.Choices.Contains(value, StringComparer.Ordinal) ? null : $"is none of {string.Join(", ", parameter.Choices)}",
        _ => Text(value, parameter.MaxLength, parameter.Pattern, parameter.Unicode),
    };

    /// <summary>The same for a field that <c>state</c> printed: a plain word, whatever program said it.</summary>
    public static string? StateProblem(string value) => Text(value, DefaultMaxLength, pattern: null, unicode: false);

    /// <summary>Compiles a pattern so that it takes time linear in the value's length and must match all of it.</summary>
    /// <exception cref="ArgumentException">It is no regular expression.</exception>
    /// <exception cref="NotSupportedException">It needs backtracking.</exception>
    public static Regex Compile(string pattern) => Compiled.GetOrAdd(pattern, static text =>
    {
        const RegexOptions Linear = RegexOptions.NonBacktracking | RegexOptions.CultureInvariant;
        // alone first: what is only well-formed inside the brackets below, such as a)|(b, would match less than all
        _ = new Regex(text, Linear);
        return new Regex($@"\A(?:{text})\z", Linear);
    });

    /// <summary>A value as an error may show it: bounded, and without anything that a terminal or a reader could be misled by.</summary>
    public static string Shown(string value)
    {
        var text = new StringBuilder("'");
        foreach (var rune in value.EnumerateRunes())
        {
            if (text.Length > ShownLength)
            {
                text.Append('…');
                break;
            }

            text.Append(rune.Value is >= ' ' and <= '~' ? rune.ToString() : string.Create(CultureInfo.InvariantCulture, $"\\u{{{rune.Value:x}}}"));
        }

        return text.Append('\'').ToString();
    }

    private static string? Integer(ActionParameter parameter, string value)
    {
        // only the one spelling that a program would print itself: no +1, 01, 1e3, blanks or digits of other scripts
        if (value.Length > 20 || !long.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
            || number.ToString(CultureInfo.InvariantCulture) != value)
        {
            return "is no whole number in its plain form, such as 12";
        }

        return number < parameter.Min || number > parameter.Max
            ? string.Create(CultureInfo.InvariantCulture, $"is not between {parameter.Min ?? long.MinValue} and {parameter.Max ?? long.MaxValue}")
            : null;
    }

    private static string? Text(string value, int maxLength, string? pattern, bool unicode)
    {
        if (value.Length == 0)
        {
            return "is empty";
        }

        if (value.Length > maxLength)
        {
            return string.Create(CultureInfo.InvariantCulture, $"has {value.Length} characters; at most {maxLength} are allowed");
        }

        return Characters.Problem(value, unicode) ?? PathProblem(value, pattern) ??
            (Compile(pattern ?? (unicode ? DefaultUnicodePattern : DefaultPattern)).IsMatch(value)
                ? null
                : pattern is null ? "may only hold letters, digits and _ . : / @ + -, and begins with a letter, a digit or _" : $"does not match {pattern}");
    }

    private static string? PathProblem(string value, string? pattern)
    {
        if (value.Split('/', '\\').Any(part => part is "." or ".."))
        {
            return "holds '.' or '..' as a part of a path, which leads elsewhere";
        }

        return value[0] is '/' or '~' && pattern?.TrimStart('^', '(').StartsWith(value[0]) != true
            ? $"begins with '{value[0]}', and the parameter's pattern does not"
            : null;
    }
}
