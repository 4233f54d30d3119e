using System.Text.RegularExpressions;

namespace OpsBot.Diagnosis.Triage;

/// <summary>How much of a diff changes what the program does, 0 to 1, as far as its text tells.</summary>
internal static partial class DiffSubstance
{
    private static readonly string[] InertFiles =
    [
        ".md", ".txt", ".rst", ".css", ".scss", ".svg", ".png", "codeowners", "license", ".gitignore", ".editorconfig", "readme", "changelog", ".golangci.yml",
    ];

    private static readonly string[] InertFolders = ["docs/", "doc/", "documentation/", ".github/", "testdata/", "test/", "tests/", "__tests__/"];

    /// <summary>A commit of documentation, tests or styles can break nothing; one whose words stay the same (moved, renamed, extracted) hardly.</summary>
    public static double Of(IReadOnlyList<string> files, string diff)
    {
        if (files.Count > 0 && files.All(IsInert))
        {
            return 0.05;
        }

        if (diff.Length == 0)
        {
            return 0.5;
        }

        var removed = Words(diff, '-');
        var added = Words(diff, '+');
        var total = removed.Values.Sum() + added.Values.Sum();
        if (total == 0)
        {
            return 0.2;
        }

        var lost = removed.Sum(word => Math.Max(0, word.Value - added.GetValueOrDefault(word.Key)));
        var gained = added.Sum(word => Math.Max(0, word.Value - removed.GetValueOrDefault(word.Key)));
        // what is taken away (a guard, a retry, a limit) is missed; what is only added was mostly asked for
        var share = (lost + (0.4 * gained)) / total;
        return Math.Clamp(0.2 + share, 0.2, 1);
    }

    private static bool IsInert(string file)
    {
        var name = file.ToLowerInvariant();
        return InertFiles.Any(end => name.EndsWith(end, StringComparison.Ordinal))
            || InertFolders.Any(folder => name.StartsWith(folder, StringComparison.Ordinal) || name.Contains("/" + folder, StringComparison.Ordinal))
            || TestFile().IsMatch(name);
    }

    private static Dictionary<string, int> Words(string diff, char sign)
    {
        var words = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var line in diff.Split('\n'))
        {
            var isMine = line.Length > 1 && line[0] == sign && line[1] != sign;
            if (!isMine || LogLine().IsMatch(line))
            {
                continue;
            }

            foreach (var match in Word().EnumerateMatches(line))
            {
                var word = line.Substring(match.Index, match.Length);
                words[word] = words.GetValueOrDefault(word) + 1;
            }
        }

        return words;
    }

    [GeneratedRegex(@"[A-Za-z_][A-Za-z_0-9]*|\d+(\.\d+)?", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex Word();

    /// <summary>Statements that only write a log line or a metric.</summary>
    [GeneratedRegex(@"^[-+]\s*(//|#|\*|/\*|.*\b(log|logger|logging|slog|LOG_[A-Z]+|console|print|printf|println|fmt\.Print\w*|span|metrics?_?|prometheus)\b\s*[.(])", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex LogLine();

    [GeneratedRegex(@"(_test\.[a-z]+|\.test\.[a-z]+|\.spec\.[a-z]+|/test_[^/]+)$", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex TestFile();
}
