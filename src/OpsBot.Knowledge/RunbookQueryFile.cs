using System.Text.Json;
using OpsBot.Contracts;

namespace OpsBot.Knowledge;

/// <summary>
/// Answers a file of alerts: one JSON object a line, <c>{"id","alert":{"name"?,"summary"?,"description"?,"expr"?,"labels"?}}</c>,
/// each answered by <c>{"id","ranking":["path.md",…]}</c>.
/// </summary>
public static class RunbookQueryFile
{
    /// <summary>Paths in one answer at most.</summary>
    public const int MaxRanking = 20;

    /// <param name="finder">Whom to ask.</param>
    /// <param name="queries">The lines.</param>
    /// <returns>One line of JSON for each that is not blank, in order.</returns>
    /// <exception cref="FormatException">A line is not such an object; with its number.</exception>
    public static async IAsyncEnumerable<string> AnswerAsync(
        IRunbookFinder finder, TextReader queries, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        for (var number = 1; await queries.ReadLineAsync(cancellationToken) is { } line; number++)
        {
            if (line.Trim().Length == 0)
            {
                continue;
            }
            var (id, query) = Read(line, number);
            var ranking = finder.Find(query, MaxRanking).Select(m => m.Path).Distinct(StringComparer.Ordinal);
            yield return JsonSerializer.Serialize(new { Id = id, Ranking = ranking }, OpsBotJson.Options);
        }
    }

    private static (string Id, RunbookQuery Query) Read(string line, int number)
    {
        try
        {
            var asked = JsonSerializer.Deserialize<Asked>(line, OpsBotJson.Options);
            if (asked is not { Id: { Length: > 0 } id, Alert: { } alert })
            {
                throw new FormatException($"line {number}: 'id' or 'alert' is missing");
            }
            return (id, new RunbookQuery(
                alert.Name, alert.Summary, alert.Description, alert.Expr,
                (alert.Labels ?? []).ToDictionary(l => l.Key, l => l.Value.ToString(), StringComparer.Ordinal)));
        }
        catch (JsonException e)
        {
            throw new FormatException($"line {number}: not a query: {e.Message}", e);
        }
    }

    private sealed record Asked(string? Id, AskedAlert? Alert);

    private sealed record AskedAlert(string? Name, string? Summary, string? Description, string? Expr, Dictionary<string, JsonElement>? Labels);
}
