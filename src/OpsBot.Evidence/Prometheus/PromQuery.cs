namespace OpsBot.Evidence.Prometheus;

/// <summary>A query to ask, or why it is not asked.</summary>
/// <param name="Skipped">Why it does not apply to this incident.</param>
/// <param name="Problem">What is wrong with it.</param>
internal sealed record PromQuery(string Name, string Expression, string? Service, string? Skipped = null, string? Problem = null)
{
    private const int MaxName = 120;
    private const int MaxExpression = 8_000;

    public static IEnumerable<PromQuery> Of(PrometheusOptions options, IncidentFacts facts)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var query in options.Queries.Select(q => Configured(q, facts)).Concat(options.FromAlert ? FromAlert(facts) : []))
        {
            if (query.Skipped is not null || query.Problem is not null || seen.Add(query.Expression)) yield return query;
        }
    }

    private static PromQuery Configured(PrometheusQueryOptions query, IncidentFacts facts)
    {
        var name = string.IsNullOrEmpty(query.Name) ? Short(query.Expr) : query.Name;
        try
        {
            var service = query.Service is "{service}" ? facts.Service : query.Service;
            return PromExpression.Fill(query.Expr, facts, out var missing) is { } expression
                ? new PromQuery(name, expression, service)
                : new PromQuery(name, query.Expr, null, Skipped: $"'{name}' was not asked: the incident states no {missing}");
        }
        catch (FormatException e)
        {
            return new PromQuery(name, query.Expr, null, Problem: e.Message);
        }
    }

    /// <summary>What the alert compares, and whether what it watches was up. Where it compares nothing, the expression itself.</summary>
    private static IEnumerable<PromQuery> FromAlert(IncidentFacts facts)
    {
        if (facts.Expression is { Length: > 0 and <= MaxExpression } expression)
        {
            foreach (var operand in PromExpression.Operands(expression)) yield return new PromQuery(Short(operand), operand, facts.Service);
        }

        var job = facts.Labels.GetValueOrDefault("job");
        var instance = facts.Labels.GetValueOrDefault("instance");
        if (string.IsNullOrEmpty(job)) job = facts.Service;
        if (!string.IsNullOrEmpty(job)) yield return new PromQuery("up", $"up{{job={PromExpression.Quote(job)}}}", facts.Service);
        else if (!string.IsNullOrEmpty(instance)) yield return new PromQuery("up", $"up{{instance={PromExpression.Quote(instance)}}}", facts.Service);
    }

    private static string Short(string text) => text.Length <= MaxName ? text : $"{text[..(MaxName - 1)]}…";
}
