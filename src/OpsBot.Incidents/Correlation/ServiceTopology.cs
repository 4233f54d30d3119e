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

    private static (string Caller, string Callee) Parse(string line) =>
        TopologyOptionsValidator.Split(line) is { } call
            ? (Key(call.Caller), Key(call.Callee))
            : throw new FormatException($"topology.calls: '{line}' is not of the form 'caller -> callee'.");

    private static string Key(string service) => service.Trim().ToLowerInvariant();
}

internal sealed class TopologyOptionsValidator : IValidateOptions<TopologyOptions>
{
    public ValidateOptionsResult Validate(string? name, TopologyOptions options)
    {
        var wrong = options.Calls
            .Select((line, index) => (Line: line, Index: index))
            .Where(call => Split(call.Line) is null)
            .Select(call => $"topology.calls[{call.Index}]: '{call.Line}' is not a call; write 'caller -> callee'")
            .ToList();
        return wrong.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(wrong);
    }

    internal static (string Caller, string Callee)? Split(string line) =>
        line.Split("->", StringSplitOptions.TrimEntries) is [{ Length: > 0 } caller, { Length: > 0 } callee] ? (caller, callee) : null;
}
