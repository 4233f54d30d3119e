namespace OpsBot.Signals.RootCause;

/// <summary>Who calls whom, and what runs where. Names compare ordinally.</summary>
public sealed class ServiceGraph
{
    private readonly Dictionary<string, SortedSet<string>> _callees = new(StringComparer.Ordinal);
    private readonly Dictionary<string, SortedSet<string>> _callers = new(StringComparer.Ordinal);
    private readonly Dictionary<string, SortedSet<string>> _guests = new(StringComparer.Ordinal);

    /// <param name="calls">Pairs (caller, callee); a service that calls itself is left out.</param>
    /// <param name="runsOn">Pairs (service, node).</param>
    public ServiceGraph(IEnumerable<(string Caller, string Callee)> calls, IEnumerable<(string Service, string Node)> runsOn)
    {
        foreach (var (caller, callee) in calls.Where(call => !string.Equals(call.Caller, call.Callee, StringComparison.Ordinal)))
        {
            Add(_callees, caller, callee);
            Add(_callers, callee, caller);
        }

        foreach (var (service, node) in runsOn)
        {
            Add(_guests, node, service);
        }
    }

    public IReadOnlyCollection<string> Callees(string service) => Of(_callees, service);

    public IReadOnlyCollection<string> Callers(string service) => Of(_callers, service);

    /// <summary>Services on a machine.</summary>
    public IReadOnlyCollection<string> Guests(string node) => Of(_guests, node);

    /// <summary>Everything that is called, directly or through others; a service on a circle is not below itself.</summary>
    public IReadOnlyCollection<string> Below(string service)
    {
        var reached = new HashSet<string>(StringComparer.Ordinal);
        var queue = new Queue<string>([service]);
        while (queue.TryDequeue(out var at))
        {
            foreach (var next in Callees(at).Where(next => !string.Equals(next, service, StringComparison.Ordinal) && reached.Add(next)))
            {
                queue.Enqueue(next);
            }
        }

        return reached;
    }

    /// <summary>Calls from one service to the other along the shortest way; null where there is none.</summary>
    public int? Distance(string caller, string callee)
    {
        var reached = new Dictionary<string, int>(StringComparer.Ordinal) { [caller] = 0 };
        var queue = new Queue<string>([caller]);
        while (queue.TryDequeue(out var at))
        {
            if (string.Equals(at, callee, StringComparison.Ordinal))
            {
                return reached[at];
            }

            foreach (var next in Callees(at))
            {
                if (reached.TryAdd(next, reached[at] + 1))
                {
                    queue.Enqueue(next);
                }
            }
        }

        return null;
    }

    private static SortedSet<string> Of(Dictionary<string, SortedSet<string>> map, string key) => map.TryGetValue(key, out var found) ? found : [];

    private static void Add(Dictionary<string, SortedSet<string>> map, string key, string value)
    {
        if (!map.TryGetValue(key, out var set))
        {
            map[key] = set = new SortedSet<string>(StringComparer.Ordinal);
        }

        set.Add(value);
    }
}
