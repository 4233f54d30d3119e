using OpsBot.Agent.Tools.Search;
using OpsBot.Runtime.Search;

namespace OpsBot.Agent.Tools;

/// <summary>Answers a file of needs: one JSON object a line, <c>{"id","need"}</c>, each answered by <c>{"id","ranking":["server/tool",…]}</c>.</summary>
public static class ToolQueryFile
{
    /// <returns>One line of JSON for each that is not blank, in order.</returns>
    /// <exception cref="FormatException">A line is not such an object; with its number.</exception>
    public static IAsyncEnumerable<string> AnswerAsync(ToolIndex index, TextReader queries, CancellationToken cancellationToken) =>
        RankingLines.AnswerAsync<Asked>(
            queries,
            asked => asked is { Id: { Length: > 0 } id, Need: { } need }
                ? (id, index.Find(need, ToolIndex.MaxResults).Select(tool => tool.Key))
                : throw new FormatException("'id' or 'need' is missing"),
            cancellationToken);

    private sealed record Asked(string? Id, string? Need);
}
