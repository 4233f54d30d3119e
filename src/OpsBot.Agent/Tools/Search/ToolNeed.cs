using System.Text.RegularExpressions;
using OpsBot.Runtime.Search;

namespace OpsBot.Agent.Tools.Search;

/// <summary>
/// What somebody needs, as weighted terms. A path, an address or a blob says what kind of thing is meant and not which words describe a tool for it: it is replaced
/// by its kind. Words that name the same are added for less.
/// </summary>
internal static partial class ToolNeed
{
    private const int MaxText = 4_000;
    private const int MaxTerms = 200;
    private const double OfKind = 0.6;
    private const double OfSynonym = 0.45;

    /// <summary>A word that comes again counts more, but not as much again.</summary>
    private const double Repetition = 0.7;

    /// <summary>What people say around what they need.</summary>
    private static readonly HashSet<string> Around = new(StringComparer.Ordinal)
    {
        "me", "my", "we", "our", "us", "please", "could", "would", "want", "need", "needs", "help", "helps", "using", "use", "used", "via", "what", "who", "where", "how",
        "why", "any", "each", "if", "no", "not", "also", "about", "out", "up", "such", "other", "most", "only", "just", "like", "make", "sure", "provide", "provided",
        "based", "all", "both", "every", "he", "she", "his", "her", "am", "did", "does", "doing", "being", "over", "under", "again", "there", "here", "very", "too",
    };

    /// <summary>What files are, and the ends of their names.</summary>
    private static readonly Dictionary<string, string> Kinds = new (string Kind, string Ends)[]
    {
        ("markdown", "md"), ("text", "txt bib tex"), ("log text", "log"), ("table", "tsv parquet"), ("csv table", "csv"), ("json", "json jsonl"), ("yaml", "yaml yml"),
        ("toml", "toml"), ("xml", "xml"), ("html", "html htm"), ("excel spreadsheet sheet", "xlsx xls"), ("spreadsheet", "ods"), ("word document", "docx doc"),
        ("document", "odt rtf"), ("powerpoint presentation ppt", "pptx ppt"), ("pdf document", "pdf"), ("image", "png jpg jpeg gif webp svg"), ("audio", "mp3 wav flac"),
        ("video", "mp4 mov"), ("archive", "zip gz tar"), ("sql database", "sql"), ("database", "db"), ("sqlite database", "sqlite"), ("python code", "py"),
        ("code", "js ts cs go rs java"), ("shell script", "sh"),
    }.SelectMany(each => each.Ends.Split(' ').Select(end => (end, each.Kind))).ToDictionary(pair => pair.end, pair => pair.Kind, StringComparer.OrdinalIgnoreCase);

    public static IReadOnlyDictionary<string, double> Terms(string need)
    {
        var kinds = new List<string>();
        var text = Blob().Replace(need.Length <= MaxText ? need : need[..MaxText], " ");
        text = Address().Replace(text, _ => Of("url page", kinds));
        text = PathName().Replace(text, match => Of($"file path {Kinds.GetValueOrDefault(match.Groups["kind"].Value, "")}", kinds));
        text = HostName().Replace(text, match => $" {match.Value} {Of("domain url", kinds)}");
        var terms = Words.Of(text).Where(word => !word.Whole && !Around.Contains(word.Text)).Select(word => word.Term).GroupBy(term => term, StringComparer.Ordinal).Take(MaxTerms)
            .ToDictionary(same => same.Key, same => Math.Pow(same.Count(), Repetition), StringComparer.Ordinal);
        foreach (var word in Words.Of(string.Join(' ', kinds)))
        {
            terms[word.Term] = Math.Max(terms.GetValueOrDefault(word.Term), OfKind);
        }

        foreach (var (term, weight) in terms.ToList())
        {
            foreach (var other in ToolSynonyms.Of(term).Where(other => terms.GetValueOrDefault(other) < weight * OfSynonym))
            {
                terms[other] = weight * OfSynonym;
            }
        }

        return terms;
    }

    private static string Of(string kind, List<string> kinds)
    {
        kinds.Add(kind);
        return " ";
    }

    [GeneratedRegex("[A-Za-z0-9+/=_-]{80,}", RegexOptions.NonBacktracking)]
    private static partial Regex Blob();

    [GeneratedRegex(@"\bhttps?://[^\s""'<>]+", RegexOptions.NonBacktracking | RegexOptions.IgnoreCase)]
    private static partial Regex Address();

    [GeneratedRegex(@"(?<![\w.])(?:~|\.{1,2}|[A-Za-z]:)?[/\\][\w.@+-]+(?:[/\\][\w.@+-]+)*?(?:\.(?<kind>\w{1,8}))?(?![\w/\\@+-])", RegexOptions.None, 1000)]
    private static partial Regex PathName();

    [GeneratedRegex(@"\b[a-z0-9-]+(?:\.[a-z0-9-]+)*\.(?:com|org|net|io|dev|ai|cn|de|uk|eu|gov|edu)\b", RegexOptions.NonBacktracking | RegexOptions.IgnoreCase)]
    private static partial Regex HostName();
}
