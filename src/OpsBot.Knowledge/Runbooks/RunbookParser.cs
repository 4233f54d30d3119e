using System.Text.RegularExpressions;

namespace OpsBot.Knowledge.Runbooks;

/// <summary>Reads one markdown file. <c>SKILL.md</c> must keep the Agent Skills format; other files may have any head or none.</summary>
internal static partial class RunbookParser
{
    private const int MaxName = 64;
    private const int MaxDescription = 1_024;
    private const int MaxPattern = 200;

    /// <param name="path">Path below the folder, with <c>/</c>.</param>
    /// <param name="folderName">Name of the folder that holds the file.</param>
    /// <exception cref="RunbookFormatException">The file breaks its format; with the line.</exception>
    internal static Runbook Parse(string path, string folderName, string text)
    {
        var lines = text.Split('\n').Select(l => l.TrimEnd('\r')).ToList();
        var head = FrontMatter.Read(lines);
        if (IsSkill(path))
        {
            ValidateSkill(head, folderName);
        }
        var alerts = Patterns(head, "alerts");
        var services = Patterns(head, "services");
        var body = lines.Skip(head.Lines).ToList();
        var sections = RunbookText.Sections(body);
        var stem = IsSkill(path) ? folderName : System.IO.Path.GetFileNameWithoutExtension(path);
        var name = head.Value("name") ?? stem;
        var title = sections.FirstOrDefault(s => s.Level == 1)?.Heading
            ?? head.Value("title") ?? name.Replace('-', ' ').Replace('_', ' ');
        var description = head.Value("description")
            ?? sections.Select(s => RunbookText.Plain(FirstStep.Paragraph(s.Lines))).FirstOrDefault(p => p.Length > 0) ?? string.Empty;
        return new Runbook(
            path, name, title, description, alerts, services,
            [.. sections.Select(s => s.Heading).Where(h => h.Length > 0)],
            FirstStep.Of(sections), string.Join('\n', body));
    }

    internal static bool IsSkill(string path) => path.Split('/')[^1].Equals("SKILL.md", StringComparison.OrdinalIgnoreCase);

    private static void ValidateSkill(FrontMatter head, string folderName)
    {
        if (head.Lines == 0)
        {
            throw new RunbookFormatException(1, "SKILL.md must open with '---' and YAML that names 'name' and 'description'");
        }
        var name = head.Value("name") ?? throw new RunbookFormatException(head.LineOf("name") ?? 1, "'name' is missing");
        var line = head.LineOf("name") ?? 1;
        if (name.Length > MaxName || !KebabCase().IsMatch(name))
        {
            throw new RunbookFormatException(line, $"'name: {Short(name)}' must be at most {MaxName} lower-case letters, digits and single hyphens");
        }
        if (name != folderName)
        {
            throw new RunbookFormatException(line, $"'name: {name}' must equal the folder's name '{folderName}'; rename one of them");
        }
        var description = head.Value("description")
            ?? throw new RunbookFormatException(head.LineOf("description") ?? 1, "'description' is missing: say what the runbook is for and when to use it");
        if (description.Length > MaxDescription)
        {
            throw new RunbookFormatException(
                head.LineOf("description") ?? 1, $"'description' has {description.Length} characters, at most {MaxDescription} are allowed");
        }
    }

    private static List<string> Patterns(FrontMatter head, string key)
    {
        var patterns = head.Values(key).Where(p => p.Length > 0).ToList();
        foreach (var pattern in patterns)
        {
            if (pattern.Length > MaxPattern)
            {
                throw new RunbookFormatException(
                    head.LineOf(key) ?? 1, $"'{key}' holds a pattern of {pattern.Length} characters, at most {MaxPattern} are allowed");
            }
            if (key == "alerts" && pattern.All(c => c is '*' or '?' or ' '))
            {
                throw new RunbookFormatException(head.LineOf(key) ?? 1, $"'alerts' holds '{pattern}', which fits every alert; name some of it");
            }
        }
        return patterns;
    }

    private static string Short(string text) => text.Length <= 80 ? text : text[..80] + "…";

    [GeneratedRegex("^[a-z0-9]+(-[a-z0-9]+)*$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex KebabCase();
}
