namespace OpsBot.Runtime.Search;

/// <summary>Ranks short texts by the words that somebody is looking for.</summary>
public static class TextRanking
{
    /// <summary>Indexes of the texts that hold at least one of the words, best first.</summary>
    /// <param name="query">Words as a person writes them; all of it is text from outside.</param>
    public static IReadOnlyList<int> Rank(IReadOnlyList<string> texts, string query, int limit)
    {
        var terms = Words.Of(query).Select(word => word.Term).Distinct(StringComparer.Ordinal).Take(40).ToList();
        var index = new FieldedIndex([.. texts.Select(text => (IReadOnlyList<IReadOnlyList<string>>)[[.. Words.Of(text).Select(word => word.Term)]])], [new FieldWeight(1, 0.5)]);
        var scores = new Dictionary<int, double>();
        foreach (var term in terms)
        {
            var idf = index.Idf(term);
            foreach (var (document, share) in index.Find(term))
                scores[document] = scores.GetValueOrDefault(document) + (idf * share);
        }

        return [.. scores.OrderByDescending(pair => pair.Value).ThenBy(pair => pair.Key).Take(limit).Select(pair => pair.Key)];
    }
}
