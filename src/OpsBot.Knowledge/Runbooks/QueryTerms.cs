using System.Text.RegularExpressions;
using OpsBot.Runtime.Search;

namespace OpsBot.Knowledge.Runbooks;

/// <summary>How much the parts of an alert count when a runbook is looked for.</summary>
internal sealed record QueryWeights
{
    internal double Name { get; init; } = 1.6;

    internal double Summary { get; init; } = 1.4;

    internal double Description { get; init; } = 0.7;

    internal double Expression { get; init; } = 0.35;

    internal double Labels { get; init; } = 0.3;

    /// <summary>Two words side by side, against one word of the same field.</summary>
    internal double Pair { get; init; } = 0.6;

    /// <summary>A synonym, against the word itself.</summary>
    internal double Synonym { get; init; } = 0.4;
}

/// <summary>What is asked of the index.</summary>
/// <param name="Core">From the alert's name or summary: a word that no runbook knows tells against every match.</param>
internal sealed record QueryTerm(string Term, string Text, double Weight, bool Core);

/// <summary>Turns an alert into weighted terms. Template variables, label matchers and PromQL's own words are left out.</summary>
internal static partial class QueryTerms
{
    private const int MaxText = 4_000;
    private const int MaxTerms = 400;

    /// <summary>Labels that say how urgent or where from, not what is wrong.</summary>
    private static readonly HashSet<string> LabelsWithoutMeaning = new(StringComparer.OrdinalIgnoreCase)
    {
        "severity", "priority", "prometheus", "replica", "cluster", "environment", "env", "region", "zone", "instance", "pod", "node", "host",
        "namespace", "team", "id", "uid", "endpoint", "alertname",
    };

    private static readonly HashSet<string> PromqlWords = new(StringComparer.OrdinalIgnoreCase)
    {
        "sum", "by", "without", "rate", "irate", "increase", "max", "min", "avg", "count", "on", "ignoring", "group_left", "group_right", "and",
        "or", "unless", "offset", "bool", "absent", "delta", "deriv", "predict_linear", "histogram_quantile", "label_replace", "clamp_max",
        "clamp_min", "topk", "bottomk", "quantile", "stddev", "changes", "resets", "time", "vector", "scalar", "abs", "ceil", "floor", "round",
        "avg_over_time", "max_over_time", "min_over_time", "sum_over_time", "count_over_time", "quantile_over_time", "last_over_time",
        "present_over_time", "absent_over_time", "group", "count_values", "idelta", "timestamp", "inf", "nan", "atan2", "sort", "sort_desc",
    };

    internal static List<QueryTerm> Of(RunbookQuery query, QueryWeights weights)
    {
        var terms = new Dictionary<string, QueryTerm>(StringComparer.Ordinal);
        Add(terms, query.Name, weights.Name, weights.Pair, core: true);
        Add(terms, query.Summary, weights.Summary, weights.Pair, core: true);
        var hasCore = terms.Count > 0;
        Add(terms, query.Description, weights.Description, weights.Pair, core: !hasCore);
        Add(terms, MetricNames(query.Expression), weights.Expression, 0, core: false);
        Add(terms, string.Join(" . ", query.Labels.Where(l => !LabelsWithoutMeaning.Contains(l.Key)).Select(l => l.Value).Order(StringComparer.Ordinal)),
            weights.Labels, 0, core: false);
        return [.. terms.Values.Take(MaxTerms)];
    }

    /// <summary>Text of an alert without its template variables, bounded.</summary>
    internal static string Clean(string? text)
    {
        var bounded = text is { Length: > MaxText } ? text[..MaxText] : text ?? string.Empty;
        return Template().Replace(bounded, " . ");
    }

    /// <summary>The names of metrics in an expression: identifiers outside of matchers, brackets and grouping lists.</summary>
    internal static string MetricNames(string? expression)
    {
        var bare = Comment().Replace(Clean(expression), " ");
        bare = Quoted().Replace(bare, " ");
        bare = Matchers().Replace(bare, " ");
        bare = Grouping().Replace(bare, " ");
        return string.Join(
            " . ",
            Identifier().Matches(bare).Select(m => m.Value).Where(v => v.Length > 2 && !PromqlWords.Contains(v)).Distinct(StringComparer.Ordinal));
    }

    private static void Add(Dictionary<string, QueryTerm> terms, string? text, double weight, double pair, bool core)
    {
        Word? before = null;
        foreach (var word in Words.Of(Clean(text)))
        {
            Put(terms, new QueryTerm(word.Term, word.Text, weight, core && !word.Whole));
            if (word.Whole)
            {
                continue;
            }
            if (pair > 0 && before is { } b && b.Term != word.Term)
            {
                Put(terms, new QueryTerm(Pair(b.Term, word.Term), $"{b.Text} {word.Text}", weight * pair, Core: false));
            }
            before = word;
        }
    }

    private static void Put(Dictionary<string, QueryTerm> terms, QueryTerm term)
    {
        if (!terms.TryGetValue(term.Term, out var known) || known.Weight < term.Weight)
        {
            terms[term.Term] = known is { Core: true } ? term with { Core = true } : term;
        }
    }

    /// <summary>Two stems side by side as one term.</summary>
    internal static string Pair(string first, string second) => $"{first} {second}";

    /// <summary>The terms of a text for the index: stems, whole identifiers and pairs.</summary>
    internal static List<string> ForIndex(string text)
    {
        var terms = new List<string>();
        string? before = null;
        foreach (var word in Words.Of(text))
        {
            terms.Add(word.Term);
            if (word.Whole)
            {
                continue;
            }
            if (before is not null && before != word.Term)
            {
                terms.Add(Pair(before, word.Term));
            }
            before = word.Term;
        }
        return terms;
    }

    [GeneratedRegex(@"\{\{[^{}]*\}\}", RegexOptions.None, 1000)]
    private static partial Regex Template();

    [GeneratedRegex(@"(^|\s)#[^\n]*", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Comment();

    [GeneratedRegex("\"[^\"\n]*\"|'[^'\n]*'", RegexOptions.None, 1000)]
    private static partial Regex Quoted();

    [GeneratedRegex(@"\{[^{}]*\}|\[[^\[\]]*\]", RegexOptions.None, 1000)]
    private static partial Regex Matchers();

    [GeneratedRegex(@"\b(by|without|on|ignoring|group_left|group_right)\s*\([^()]*\)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Grouping();

    [GeneratedRegex("[A-Za-z_:][A-Za-z0-9_:]*", RegexOptions.None, 1000)]
    private static partial Regex Identifier();
}
