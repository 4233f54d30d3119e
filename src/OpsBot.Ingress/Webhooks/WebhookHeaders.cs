using Microsoft.AspNetCore.Http;

namespace OpsBot.Ingress.Webhooks;

/// <summary>Headers of a request or of a kept delivery, by name in any case.</summary>
internal sealed class WebhookHeaders
{
    private readonly Dictionary<string, string> _values = new(StringComparer.OrdinalIgnoreCase);
    private IQueryCollection? _query;

    public WebhookHeaders(IEnumerable<KeyValuePair<string, string>> headers)
    {
        foreach (var (name, value) in headers)
            _values[name] = value;
    }

    public static WebhookHeaders Of(HttpRequest request) =>
        new(request.Headers.Select(header => KeyValuePair.Create(header.Key, header.Value.ToString()))) { _query = request.Query };

    public string? this[string name] => _values.GetValueOrDefault(name);

    /// <summary>A value of the address's query, for who proves itself there; null where it is not there exactly once. Never kept.</summary>
    public string? Query(string name) => _query is { } query && query.TryGetValue(name, out var value) && value.Count == 1 ? value[0] : null;

    /// <summary>Media type without parameters, in lower case; empty where none is stated.</summary>
    public string MediaType => (this["Content-Type"] ?? "").Split(';')[0].Trim().ToLowerInvariant();

    public IEnumerable<KeyValuePair<string, string>> StartingWith(string prefix) =>
        _values.Where(header => header.Key.StartsWith(prefix, StringComparison.OrdinalIgnoreCase));

    public IReadOnlyDictionary<string, string> Only(Func<string, bool> keeps) =>
        _values.Where(header => keeps(header.Key)).ToDictionary(header => header.Key, header => header.Value);
}
