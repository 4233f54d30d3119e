using OpsBot.Evidence;
using OpsBot.Signals.RootCause;
using OpsBot.Signals.Series;

namespace OpsBot.Diagnosis.Triage;

/// <summary>The words of what went wrong (alert, new log templates, span errors), to compare with the words of changes.</summary>
internal sealed class SymptomText
{
    private static readonly HashSet<string> Common = new(
        [
            "the", "and", "for", "with", "from", "that", "this", "not", "are", "was", "has", "into", "new", "return", "func", "err", "nil", "error", "string", "int",
            "bool", "const", "var", "let", "true", "false", "null", "self", "def", "class", "public", "private", "static", "void", "ctx", "context", "request", "req",
            "http", "api", "service", "svc", "failed", "above", "below", "rate", "ratio", "count", "total", "log", "info", "warn", "debug", "level", "time", "get", "set",
            "src", "pkg", "internal", "cmd", "main", "test", "services", "server", "client", "more", "lines", "than", "baseline", "cluster", "template", "since", "where",
            "were", "expected", "after", "before", "monitor", "metric",
        ],
        StringComparer.Ordinal);

    private const int FewestWords = 8;

    private readonly HashSet<string> _words;
    private readonly Dictionary<string, double> _rarity;

    public SymptomText(IncidentFacts incident, IEnumerable<Finding> findings, IReadOnlyList<ChangeCandidate> changes)
    {
        var texts = new List<string?> { incident.Title, incident.Summary, incident.Description, incident.Expression };
        texts.AddRange(incident.Labels.Values);
        texts.AddRange(findings
            .Where(finding => finding.Role is AnomalyRole.Log or AnomalyRole.ErrorOrigin or AnomalyRole.Behaviour || finding.Score > 1)
            .SelectMany(finding => new[] { finding.Metric, finding.Statement, finding.Role == AnomalyRole.Log ? finding.Exhibit.Excerpt : null }));
        _words = Words(texts);
        var documents = changes.Select(Words).ToList();
        _rarity = _words.ToDictionary(
            word => word, word => Math.Log((1.0 + documents.Count) / (1 + documents.Count(document => document.Contains(word)))), StringComparer.Ordinal);
    }

    /// <summary>Sum of the rarity of the shared words, for the length of the change: a word that every change has says nothing, and a long diff has every word.</summary>
    public double Overlap(ChangeCandidate change)
    {
        var words = Words(change);
        return words.Where(_words.Contains).Sum(word => _rarity[word]) / Math.Sqrt(Math.Max(FewestWords, words.Count));
    }

    /// <summary>The shared words, the rarest first.</summary>
    public IReadOnlyList<string> Shared(ChangeCandidate change) =>
        [.. Words(change).Where(_words.Contains).OrderByDescending(word => _rarity[word]).ThenBy(word => word, StringComparer.Ordinal)];

    private static HashSet<string> Words(ChangeCandidate change) => Words([change.Summary, change.Diff, .. change.Files]);

    private static HashSet<string> Words(IEnumerable<string?> texts) =>
        [.. texts.OfType<string>().SelectMany(MetricWords.Of).Where(word => word.Length > 2 && !Common.Contains(word) && !char.IsDigit(word[0])).Select(Stem)];

    private static string Stem(string word) =>
        word.Length > 5 && word.EndsWith("ing", StringComparison.Ordinal) ? word[..^3]
        : word.Length > 4 && word.EndsWith("ed", StringComparison.Ordinal) ? word[..^2]
        : word.Length > 3 && word.EndsWith('s') && !word.EndsWith("ss", StringComparison.Ordinal) ? word[..^1]
        : word;
}
