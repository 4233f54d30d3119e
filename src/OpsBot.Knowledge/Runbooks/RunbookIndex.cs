using System.Globalization;
using OpsBot.Contracts.Diagnoses;
using OpsBot.Knowledge.Search;
using OpsBot.Runtime.Search;

namespace OpsBot.Knowledge.Runbooks;

/// <summary>
/// An unchanging set of runbooks that can be searched: those whose alert patterns fit come first, the most specific first; then those
/// that share the alert's words, scored as the share of what the alert says that the runbook answers to (0 to 1).
/// </summary>
internal sealed class RunbookIndex
{
    /// <summary>A match by words never reaches the score of a match by pattern.</summary>
    private const double MostByWords = 0.99;

    /// <summary>What every alert says: by these words alone none belongs to a runbook.</summary>
    private static readonly HashSet<string> OfEveryAlert =
        [.. Words.Of("alert alerts alarm fail fails failed failing failure error errors critical warning problem issue high low down is not too many").Select(word => word.Term)];

    private static readonly FieldWeight[] DefaultFields =
    [
        new(4.0, 0.3), // name and title
        new(4.0, 0.3), // alert patterns
        new(1.5, 0.5), // headings
        new(2.5, 0.6), // description
        new(1.0, 0.75), // body
    ];

    private readonly IReadOnlyList<Runbook> _runbooks;
    private readonly List<List<AlertPattern>> _patterns;
    private readonly FieldedIndex _index;
    private readonly List<HashSet<string>> _subjects;
    private readonly QueryWeights _weights;
    private readonly double _floor;

    internal RunbookIndex(IReadOnlyList<Runbook> runbooks, double floor, QueryWeights? weights = null, IReadOnlyList<FieldWeight>? fields = null)
    {
        _runbooks = runbooks;
        _floor = floor;
        _weights = weights ?? new QueryWeights();
        _patterns = [.. runbooks.Select(r => r.Alerts.Select(a => new AlertPattern(a)).ToList())];
        _subjects = [.. runbooks.Select(Subject)];
        _index = new FieldedIndex([.. runbooks.Select(Fields)], fields ?? DefaultFields);
    }

    internal IReadOnlyList<Runbook> Runbooks => _runbooks;

    internal IReadOnlyList<RunbookMatch> Find(RunbookQuery query, int limit)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(limit);
        var scores = ByWords(query);
        var byPattern = ByPattern(query)
            .OrderByDescending(p => p.NamesService).ThenByDescending(p => p.Pattern.Specificity).ThenByDescending(p => scores[p.Document].Score)
            .ThenBy(p => p.Document)
            .ToList();
        var taken = byPattern.Select(p => p.Document).ToHashSet();
        var byWords = Enumerable.Range(0, _runbooks.Count)
            .Where(d => !taken.Contains(d) && scores[d].Score > 0)
            .OrderByDescending(d => scores[d].Score).ThenBy(d => d)
            .ToList();
        // What leads by a word that only stands somewhere in its text is not what the alert is about.
        byWords = [.. byWords.SkipWhile(document => scores[document].Score >= _floor && !scores[document].IsSupported)];
        var fits = byWords.Count > 0 && scores[byWords[0]].Score >= _floor;
        return [.. byPattern.Select(p => Match(p.Document, 1, $"its pattern '{p.Pattern.Text}' fits the alert"))
            .Concat(fits ? byWords.Select(d => Match(d, Math.Min(MostByWords, scores[d].Score), Why(scores[d].Terms))) : [])
            .Take(limit)];
    }

    private RunbookMatch Match(int document, double score, string why)
    {
        var runbook = _runbooks[document];
        return new RunbookMatch(runbook.Path, runbook.Title, runbook.FirstStep, Math.Round(score, 4), why);
    }

    private static string Why(IEnumerable<(string Text, double Gain)> terms) =>
        "shares " + string.Join(", ", terms.OrderByDescending(t => t.Gain).ThenBy(t => t.Text, StringComparer.Ordinal)
            .Take(5).Select(t => string.Create(CultureInfo.InvariantCulture, $"'{t.Text}'")));

    private IEnumerable<(int Document, AlertPattern Pattern, bool NamesService)> ByPattern(RunbookQuery query)
    {
        var name = query.Name ?? string.Empty;
        var terms = Words.Of(QueryTerms.Clean(query.Name)).Concat(Words.Of(QueryTerms.Clean(query.Summary))).Select(w => w.Term).ToHashSet(StringComparer.Ordinal);
        var service = query.Labels.GetValueOrDefault("service") ?? query.Labels.GetValueOrDefault("app");
        for (var document = 0; document < _runbooks.Count; document++)
        {
            var services = _runbooks[document].Services;
            var named = service is not null && services.Contains(service, StringComparer.OrdinalIgnoreCase);
            if (services.Count > 0 && service is not null && !named)
            {
                continue;
            }
            if (_patterns[document].Where(p => p.Fits(name, terms)).MaxBy(p => p.Specificity) is { } pattern)
            {
                yield return (document, pattern, named);
            }
        }
    }

    private Shared[] ByWords(RunbookQuery query)
    {
        var results = new Shared[_runbooks.Count];
        var possible = 0.0;
        for (var i = 0; i < results.Length; i++)
        {
            results[i] = new Shared();
        }
        foreach (var term in QueryTerms.Of(query, _weights))
        {
            var gains = Gains(term);
            if (gains.Count > 0 || term.Core)
            {
                possible += term.Weight * Worth(term.Term);
            }
            foreach (var (document, gain) in gains)
            {
                results[document].Score += gain;
                results[document].Terms.Add((term.Text, gain));
                if (!OfEveryAlert.Contains(term.Term) && !term.Term.All(char.IsAsciiDigit))
                {
                    results[document].Telling++;
                    results[document].NamesSubject |= _subjects[document].Contains(term.Term);
                }
            }
        }
        for (var i = 0; i < results.Length && possible > 0; i++)
        {
            results[i].Score /= possible;
        }
        return results;
    }

    /// <summary>A word that only its synonyms stand for is worth what they are, not what an unknown word is.</summary>
    private double Worth(string term)
    {
        var synonyms = _index.Knows(term) ? [] : OpsSynonyms.Of(term).Where(_index.Knows).ToList();
        return synonyms.Count == 0 ? _index.Idf(term) : synonyms.Max(_index.Idf);
    }

    /// <summary>What the term gives to each document: by itself or by its best synonym, never by both.</summary>
    private Dictionary<int, double> Gains(QueryTerm term)
    {
        var gains = _index.Find(term.Term).ToDictionary(f => f.Document, f => f.Share * term.Weight * _index.Idf(term.Term));
        foreach (var synonym in OpsSynonyms.Of(term.Term).Where(_index.Knows))
        {
            // a synonym tells no more than the rarer of the two words
            var each = term.Weight * _weights.Synonym * Math.Min(_index.Idf(synonym), _index.Idf(term.Term));
            foreach (var (document, share) in _index.Find(synonym))
            {
                gains[document] = Math.Max(gains.GetValueOrDefault(document), share * each);
            }
        }
        return gains;
    }

    /// <summary>The terms that say what a runbook is for.</summary>
    private static HashSet<string> Subject(Runbook runbook) =>
        [.. QueryTerms.ForIndex($"{runbook.Name} . {runbook.Title} . {Stem(runbook)} . {string.Join(" . ", runbook.Alerts)} . {runbook.Description}")];

    /// <summary>What an alert and a runbook have in common.</summary>
    private sealed class Shared
    {
        public double Score { get; set; }

        public List<(string Text, double Gain)> Terms { get; } = [];

        /// <summary>Terms in common that not every alert has.</summary>
        public int Telling { get; set; }

        public bool NamesSubject { get; set; }

        /// <summary>One word from what the runbook is for, or two from anywhere in it.</summary>
        public bool IsSupported => NamesSubject || Telling >= 2;
    }

    private static List<string>[] Fields(Runbook runbook) =>
    [
        QueryTerms.ForIndex($"{runbook.Name} . {runbook.Title} . {Stem(runbook)}"),
        QueryTerms.ForIndex(string.Join(" . ", runbook.Alerts.Select(a => a.Replace('*', ' ').Replace('?', ' ')))),
        QueryTerms.ForIndex(string.Join(" . ", runbook.Headings)),
        QueryTerms.ForIndex(runbook.Description),
        QueryTerms.ForIndex(runbook.Body),
    ];

    private static string Stem(Runbook runbook) =>
        RunbookParser.IsSkill(runbook.Path) ? string.Empty : System.IO.Path.GetFileNameWithoutExtension(runbook.Path);
}
