using System.Text.RegularExpressions;

namespace OpsBot.Knowledge.Runbooks;

/// <summary>One section of markdown: a heading and the lines below it, up to the next heading of any level.</summary>
internal sealed record Section(string Heading, int Level, IReadOnlyList<string> Lines);

/// <summary>As much of markdown as a runbook needs: headings outside code fences.</summary>
internal static partial class RunbookText
{
    /// <summary>The text before the first heading is a section without one.</summary>
    internal static List<Section> Sections(IEnumerable<string> lines)
    {
        var sections = new List<Section>();
        var heading = string.Empty;
        var level = 0;
        var current = new List<string>();
        string? fence = null;
        foreach (var line in lines)
        {
            fence = FenceAfter(line, fence, out var isFence);
            var match = fence is null && !isFence ? HeadingLine().Match(line) : Match.Empty;
            if (!match.Success)
            {
                current.Add(line);
                continue;
            }
            sections.Add(new Section(heading, level, current));
            heading = Plain(match.Groups["text"].Value);
            level = match.Groups["marks"].Length;
            current = [];
        }
        sections.Add(new Section(heading, level, current));
        return sections;
    }

    /// <summary>The fence that is open behind this line; null for none.</summary>
    internal static string? FenceAfter(string line, string? open, out bool isFence)
    {
        var text = line.TrimStart();
        isFence = text.StartsWith("```", StringComparison.Ordinal) || text.StartsWith("~~~", StringComparison.Ordinal);
        if (!isFence)
        {
            return open;
        }
        var mark = text[..3];
        return open switch
        {
            null => mark,
            _ when open == mark => null,
            _ => open,
        };
    }

    /// <summary>Without emphasis, code marks and link targets.</summary>
    internal static string Plain(string markdown) =>
        Link().Replace(markdown, "${text}").Replace("`", string.Empty, StringComparison.Ordinal).Replace("*", string.Empty, StringComparison.Ordinal).Trim().TrimEnd('#').Trim();

    [GeneratedRegex(@"^ {0,3}(?<marks>#{1,6})[ \t]+(?<text>.+)$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex HeadingLine();

    [GeneratedRegex(@"!?\[(?<text>[^\]\[]{0,300})\]\([^()]{0,1000}\)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Link();
}
