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

    private static readonly Dictionary<string, string> Kinds = new(StringComparer.OrdinalIgnoreCase)
    {
        ["md"] = "markdown", ["txt"] = "text", ["log"] = "log text", ["csv"] = "csv table", ["tsv"] = "table", ["json"] = "json", ["jsonl"] = "json", ["yaml"] = "yaml",
        ["yml"] = "yaml", ["toml"] = "toml", ["xml"] = "xml", ["html"] = "html", ["htm"] = "html", ["xls"] = "excel sheet", ["xlsx"] = "excel spreadsheet sheet",
        ["ods"] = "spreadsheet", ["doc"] = "word document", ["docx"] = "word document", ["odt"] = "document", ["rtf"] = "document", ["ppt"] = "powerpoint presentation ppt",
        ["pptx"] = "powerpoint presentation ppt", ["pdf"] = "pdf document", ["bib"] = "text", ["tex"] = "text", ["png"] = "image", ["jpg"] = "image", ["jpeg"] = "image",
        ["gif"] = "image", ["webp"] = "image", ["svg"] = "image", ["mp3"] = "audio", ["wav"] = "audio", ["flac"] = "audio", ["mp4"] = "video", ["mov"] = "video",
        ["zip"] = "archive", ["gz"] = "archive", ["tar"] = "archive", ["sql"] = "sql database", ["db"] = "database", ["sqlite"] = "sqlite database", ["parquet"] = "table",
        ["py"] = "python code", ["js"] = "code", ["ts"] = "code", ["cs"] = "code", ["go"] = "code", ["rs"] = "code", ["java"] = "code", ["sh"] = "shell script",
    };

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
