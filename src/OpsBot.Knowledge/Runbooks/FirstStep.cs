using System.Text.RegularExpressions;

namespace OpsBot.Knowledge.Runbooks;

/// <summary>Quotes the step that a runbook says to take first.</summary>
internal static partial class FirstStep
{
    /// <summary>Characters quoted at most.</summary>
    internal const int MaxLength = 900;

    /// <summary>
    /// The section called "First step", up to the end of its first command; else the first item or command of the first section that is about doing something; else the first
    /// item or command anywhere; else the first paragraph of such a section; else nothing.
    /// </summary>
    internal static string Of(IReadOnlyList<Section> sections)
    {
        var named = sections.FirstOrDefault(s => FirstStepHeading().IsMatch(s.Heading));
        if (named is not null && ThroughFirstCommand(named.Lines) is { Length: > 0 } step)
        {
            return step;
        }
        var doing = sections.Where(s => DoingHeading().IsMatch(s.Heading) && !AboutHeading().IsMatch(s.Heading)).ToList();
        return doing.Select(ItemOrCommand).FirstOrDefault(s => s.Length > 0)
            ?? sections.Select(s => AboutHeading().IsMatch(s.Heading) ? string.Empty : ItemOrCommand(s)).FirstOrDefault(s => s.Length > 0)
            ?? doing.Select(s => Paragraph(s.Lines)).FirstOrDefault(s => s.Length > 0)
            ?? string.Empty;
    }

    /// <summary>The first paragraph of some lines, bounded; empty where there is none.</summary>
    internal static string Paragraph(IReadOnlyList<string> lines) =>
        Bound(string.Join('\n', lines
            .SkipWhile(l => l.Trim().Length == 0 || IsDecoration(l))
            .TakeWhile(l => l.Trim().Length > 0 && !IsFence(l))).Trim());

    private static string ThroughFirstCommand(IReadOnlyList<string> lines)
    {
        var fences = 0;
        // without the fences: cards show plain text, and there they are only noise
        var quoted = lines.TakeWhile(l => (fences += IsFence(l) ? 1 : 0) < 2).Where(l => !IsFence(l)).ToList();
        return Bound(string.Join('\n', quoted.Where((l, i) => l.Trim().Length > 0 || (i > 0 && quoted[i - 1].Trim().Length > 0))).Trim());
    }

    private static string ItemOrCommand(Section section)
    {
        var lines = section.Lines;
        for (var i = 0; i < lines.Count; i++)
        {
            if (IsFence(lines[i]))
            {
                var code = lines.Skip(i + 1).TakeWhile(l => !IsFence(l)).ToList();
                if (code.Exists(l => l.Trim().Length > 0))
                {
                    return Bound(string.Join('\n', code).Trim());
                }
                i += code.Count + 1;
            }
            else if (Item().Match(lines[i]) is { Success: true } item)
            {
                return Bound(WithContinuation(item.Groups["text"].Value, lines, i + 1));
            }
        }
        return string.Empty;
    }

    /// <summary>The wrapped lines of an item belong to it, and so does the command where the item ends in a colon.</summary>
    private static string WithContinuation(string first, IReadOnlyList<string> lines, int next)
    {
        var rest = lines.Skip(next).TakeWhile(l => l.Trim().Length > 0 && !Item().IsMatch(l) && !IsFence(l)).ToList();
        var text = string.Join('\n', rest.Select(l => l.Trim()).Prepend(first.Trim()));
        if (!text.EndsWith(':'))
        {
            return text;
        }
        var behind = lines.Skip(next + rest.Count).SkipWhile(l => l.Trim().Length == 0).ToList();
        return behind is [var fence, ..] && IsFence(fence)
            ? string.Join('\n', behind.Skip(1).TakeWhile(l => !IsFence(l)).Select(l => l.Trim()).Prepend(text)).TrimEnd()
            : text;
    }

    private static string Bound(string text)
    {
        if (text.Length <= MaxLength)
        {
            return text;
        }
        var cut = text.LastIndexOfAny(['\n', ' '], MaxLength - 1);
        var end = cut > MaxLength / 2 ? cut : MaxLength - 1;
        return text[..(char.IsHighSurrogate(text[end - 1]) ? end - 1 : end)].TrimEnd() + "…";
    }

    private static bool IsFence(string line) => line.TrimStart() is ['`', '`', '`', ..] or ['~', '~', '~', ..];

    private static bool IsDecoration(string line) => line.TrimStart() is ['<', ..] or ['{', ..] or ['!', '[', ..] or ['[', '!', ..];

    [GeneratedRegex(@"^(the )?first (steps?|thing|response|action|check)\b", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex FirstStepHeading();

    [GeneratedRegex(
        @"\b(steps?|playbook|diagnos\w*|investigat\w*|triage|troubleshoot\w*|check\w*|procedure|response|resolution|mitigat\w*|remediat\w*|actions?|what to do|how to fix)\b",
        RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex DoingHeading();

    /// <summary>Sections that list facts; their items are not steps.</summary>
    [GeneratedRegex(
        @"\b(meaning|impact|symptoms?|causes?|background|overview|references?|links?|see also|contents|prerequisites?|owners?|not to do|avoid)\b",
        RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex AboutHeading();

    [GeneratedRegex(@"^\s{0,3}([-*+]|\d{1,3}[.)])\s+(?<text>\S.*)$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Item();
}
