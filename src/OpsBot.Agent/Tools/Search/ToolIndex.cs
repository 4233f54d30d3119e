using OpsBot.Runtime.Search;

namespace OpsBot.Agent.Tools.Search;

/// <summary>
/// Finds tools for a need that is told in words. BM25F over what a tool says of itself, and beside it how well its server as a whole fits: of two tools called
/// <c>search</c> the one whose neighbours are about the matter is meant.
/// </summary>
public sealed class ToolIndex
{
    /// <summary>Results of one search at most.</summary>
    public const int MaxResults = 20;

    internal static readonly FieldWeight[] Weights = [new(3, 0.3), new(1.5, 0.3), new(1, 0.6), new(0.7, 0.7), new(0.5, 0.7), new(0.2, 0.8)];

    private const double ServersShare = 0.2;

    private readonly IReadOnlyList<ToolDescription> _tools;
    private readonly FieldedIndex _index;
    private readonly int[] _serverOf;
    private readonly List<Dictionary<string, double>> _servers;
    private readonly Dictionary<string, int> _serversHaving = new(StringComparer.Ordinal);

    public ToolIndex(IReadOnlyList<ToolDescription> tools)
    {
        ArgumentNullException.ThrowIfNull(tools);
        _tools = tools;
        var texts = tools.Select(ToolTexts.Of).ToList();
        _index = new FieldedIndex([.. texts.Select(text => text.Fields)], Weights);
        var numbers = tools.Select(tool => tool.Server).Distinct(StringComparer.Ordinal).Select((server, number) => (server, number))
            .ToDictionary(pair => pair.server, pair => pair.number, StringComparer.Ordinal);
        _serverOf = [.. tools.Select(tool => numbers[tool.Server])];
        _servers = [.. Enumerable.Range(0, numbers.Count).Select(_ => new Dictionary<string, double>(StringComparer.Ordinal))];
        var sizes = new int[numbers.Count];
        for (var tool = 0; tool < tools.Count; tool++)
        {
            var (server, text) = (_servers[_serverOf[tool]], texts[tool]);
            sizes[_serverOf[tool]]++;
            foreach (var term in text.Name.Concat(text.Server).Concat(text.Opening).Concat(text.Description).Distinct(StringComparer.Ordinal))
            {
                server[term] = server.GetValueOrDefault(term) + 1;
            }
        }

        for (var server = 0; server < _servers.Count; server++)
        {
            foreach (var term in _servers[server].Keys.ToList())
            {
                // share of its tools, so that a server of many tools is not about everything
                _servers[server][term] = Math.Sqrt(_servers[server][term] / sizes[server]);
                _serversHaving[term] = _serversHaving.GetValueOrDefault(term) + 1;
            }
        }
    }

    /// <param name="need">In words; text from outside.</param>
    /// <returns>The tools that share a word with it, the likeliest first; at most <see cref="MaxResults"/>.</returns>
    public IReadOnlyList<ToolDescription> Find(string need, int limit)
    {
        ArgumentNullException.ThrowIfNull(need);
        var (scores, ofServers) = (new Dictionary<int, double>(), new double[_servers.Count]);
        foreach (var (term, weight) in ToolNeed.Terms(need))
        {
            var idf = _index.Idf(term);
            foreach (var (tool, share) in _index.Find(term))
            {
                scores[tool] = scores.GetValueOrDefault(tool) + (weight * idf * share);
            }

            if (_serversHaving.TryGetValue(term, out var having))
            {
                var told = Math.Log(1 + ((_servers.Count - having + 0.5) / (having + 0.5)));
                for (var server = 0; server < _servers.Count; server++)
                {
                    ofServers[server] += weight * told * _servers[server].GetValueOrDefault(term);
                }
            }
        }

        return
        [
            .. scores.Select(pair => (Tool: pair.Key, Score: pair.Value + (ServersShare * ofServers[_serverOf[pair.Key]])))
                .OrderByDescending(pair => pair.Score).ThenBy(pair => pair.Tool).Take(Math.Min(limit, MaxResults)).Select(pair => _tools[pair.Tool]),
        ];
    }
}
