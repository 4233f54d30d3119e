using System.Runtime.CompilerServices;
using System.Text.Json;
using OpsBot.Contracts;

namespace OpsBot.Runtime.Search;

/// <summary>Answers a file of questions, one JSON object a line with an <c>id</c>, each by <c>{"id","ranking":["…"]}</c>.</summary>
public static class RankingLines
{
    /// <summary>Names in one answer at most.</summary>
    public const int MaxRanking = 20;

    /// <param name="questions">The lines; blank ones are passed over.</param>
    /// <param name="answer">The id of a question and the names that answer it, the best first; throws <see cref="FormatException"/> where it is no such question.</param>
    /// <returns>One line of JSON for each, in order.</returns>
    /// <exception cref="FormatException">A line is no question; with its number.</exception>
    public static async IAsyncEnumerable<string> AnswerAsync<T>(
        TextReader questions, Func<T, (string Id, IEnumerable<string> Ranking)> answer, [EnumeratorCancellation] CancellationToken cancellationToken)
        where T : class
    {
        ArgumentNullException.ThrowIfNull(questions);
        ArgumentNullException.ThrowIfNull(answer);
        for (var number = 1; await questions.ReadLineAsync(cancellationToken) is { } line; number++)
        {
            if (line.Trim().Length > 0)
            {
                var (id, ranking) = Answer(line, number, answer);
                yield return JsonSerializer.Serialize(new { Id = id, Ranking = ranking.Distinct(StringComparer.Ordinal).Take(MaxRanking) }, OpsBotJson.Options);
            }
        }
    }

    private static (string Id, IEnumerable<string> Ranking) Answer<T>(string line, int number, Func<T, (string Id, IEnumerable<string> Ranking)> answer)
    {
        try
        {
            return answer(JsonSerializer.Deserialize<T>(line, OpsBotJson.Options) ?? throw new FormatException("it is null"));
        }
        catch (FormatException wrong)
        {
            throw new FormatException($"line {number}: {wrong.Message}", wrong);
        }
        catch (JsonException wrong)
        {
            throw new FormatException($"line {number}: not a query: {wrong.Message}", wrong);
        }
    }
}
