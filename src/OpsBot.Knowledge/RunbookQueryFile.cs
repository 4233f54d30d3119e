using System.Text.Json;
using OpsBot.Runtime.Search;

namespace OpsBot.Knowledge;

/// <summary>
/// Answers a file of alerts: one JSON object a line, <c>{"id","alert":{"name"?,"summary"?,"description"?,"expr"?,"labels"?}}</c>,
/// each answered by <c>{"id","ranking":["path.md",…]}</c>.
/// </summary>
public static class RunbookQueryFile
{
    /// <param name="finder">Whom to ask.</param>
    /// <param name="queries">The lines.</param>
    /// <returns>One line of JSON for each that is not blank, in order.</returns>
    /// <exception cref="FormatException">A line is not such an object; with its number.</exception>
    public static IAsyncEnumerable<string> AnswerAsync(IRunbookFinder finder, TextReader queries, CancellationToken cancellationToken) =>
        RankingLines.AnswerAsync<Asked>(
            queries,
            asked =>
            {
                var (id, query) = Read(asked);
                return (id, finder.Find(query, RankingLines.MaxRanking).Select(found => found.Path));
            },
            cancellationToken);

    private static (string Id, RunbookQuery Query) Read(Asked asked) => asked is { Id: { Length: > 0 } id, Alert: { } alert }
        ? (id, new RunbookQuery(
            alert.Name, alert.Summary, alert.Description, alert.Expr,
            (alert.Labels ?? []).ToDictionary(l => l.Key, l => l.Value.ToString(), StringComparer.Ordinal)))
        : throw new FormatException("'id' or 'alert' is missing");

    private sealed record Asked(string? Id, AskedAlert? Alert);

    private sealed record AskedAlert(string? Name, string? Summary, string? Description, string? Expr, Dictionary<string, JsonElement>? Labels);
}
