namespace OpsBot.Runtime.Search;

/// <summary>One field's weight and how far its length tells against it (0 not at all, 1 in full).</summary>
public sealed record FieldWeight(double Weight, double LengthShare);

/// <summary>
/// BM25F in memory: the counts of a term in the fields of a document are weighted, normalised by the field's length and only then
/// saturated, so that a word in both title and body is not counted as two finds (Robertson, Zaragoza and Taylor, 2004).
/// </summary>
public sealed class FieldedIndex
{
    private const double Saturation = 1.2;

    private readonly Dictionary<string, List<Posting>> _postings = new(StringComparer.Ordinal);
    private readonly int _documents;

    /// <param name="documents">Of each document the terms of each field, fields in the order of <paramref name="weights"/>.</param>
    public FieldedIndex(IReadOnlyList<IReadOnlyList<IReadOnlyList<string>>> documents, IReadOnlyList<FieldWeight> weights)
    {
        _documents = documents.Count;
        var averages = weights
            .Select((_, field) => Math.Max(1, documents.Count == 0 ? 1 : documents.Average(d => (double)d[field].Count)))
            .ToArray();
        for (var document = 0; document < documents.Count; document++)
        {
            var counts = new Dictionary<string, double>(StringComparer.Ordinal);
            for (var field = 0; field < weights.Count; field++)
            {
                var terms = documents[document][field];
                var share = weights[field].LengthShare;
                var each = weights[field].Weight / (1 - share + (share * terms.Count / averages[field]));
                foreach (var term in terms)
                {
                    counts[term] = counts.GetValueOrDefault(term) + each;
                }
            }
            foreach (var (term, count) in counts)
            {
                if (!_postings.TryGetValue(term, out var list))
                {
                    _postings[term] = list = [];
                }
                list.Add(new Posting(document, count));
            }
        }
    }

    /// <summary>How much finding this term tells; highest for one that no document has.</summary>
    public double Idf(string term)
    {
        var having = _postings.TryGetValue(term, out var list) ? list.Count : 0;
        return Math.Log(1 + ((_documents - having + 0.5) / (having + 0.5)));
    }

    public bool Knows(string term) => _postings.ContainsKey(term);

    /// <summary>(document, share) of the documents that hold the term, share between 0 and 1, growing with the weighted count.</summary>
    public IEnumerable<(int Document, double Share)> Find(string term) =>
        _postings.TryGetValue(term, out var list)
            ? list.Select(p => (p.Document, p.Count / (Saturation + p.Count)))
            : [];

    private sealed record Posting(int Document, double Count);
}
