using Microsoft.Extensions.Options;
using OpsBot.Contracts.Ports;

namespace OpsBot.Incidents.Correlation;

/// <summary>Who calls whom, as the configuration says.</summary>
/// <remarks>
/// <code>
/// topology:
///   calls:
///     - frontend -> checkout
///     - checkout -> payment
/// </code>
/// </remarks>
public sealed class TopologyOptions
{
    /// <summary>One call a line: <c>caller -> callee</c>.</summary>
    public List<string> Calls { get; set; } = [];
}

/// <summary>Holds the calls in both directions.</summary>
internal sealed class ServiceTopology : ITopology
{
    private readonly HashSet<(string Caller, string Callee)> _calls;

    public ServiceTopology(IOptions<TopologyOptions> options) => _calls = [.. options.Value.Calls.Select(Parse)];

    public IReadOnlyCollection<(string Caller, string Callee)> Calls => _calls;

    public bool AreNeighbours(string a, string b)
    {
        var (x, y) = (Key(a), Key(b));
        return x == y || _calls.Contains((x, y)) || _calls.Contains((y, x));
    }

    /// <exception cref="OptionsValidationException">A line is not <c>caller -> callee</c>.</exception>
    private static (string Caller, string Callee) Parse(string line)
    {
        var parts = line.Split("->", StringSplitOptions.TrimEntries);
        return parts is [{ Length: > 0 } caller, { Length: > 0 } callee]
            ? (Key(caller), Key(callee))
            : throw new OptionsValidationException(
                "topology", typeof(TopologyOptions), [$"topology.calls: '{line}' is not of the form 'caller -> callee'."]);
    }

    private static string Key(string service) => service.Trim().ToLowerInvariant();
}
