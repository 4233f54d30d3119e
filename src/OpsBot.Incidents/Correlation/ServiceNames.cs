namespace OpsBot.Incidents.Correlation;

/// <summary>Compares the names that senders give to services.</summary>
internal static class ServiceNames
{
    private const int MaxLength = 200;

    // Where an alert names no service, the labels in which one usually stands, the most telling first.
    private static readonly string[] Labels =
    [
        "service", "service_name", "app", "application", "app_kubernetes_io_name", "component", "deployment", "statefulset", "daemonset",
        "workload", "container",
    ];

    /// <summary>The service of an alert: what it names, else what its labels say.</summary>
    public static string? Of(string? service, IReadOnlyDictionary<string, string> labels)
    {
        if (!string.IsNullOrWhiteSpace(service))
            return Bounded(service);
        foreach (var label in Labels)
        {
            if (labels.TryGetValue(label, out var value) && !string.IsNullOrWhiteSpace(value))
                return Bounded(value);
        }

        return null;
    }

    /// <summary>The same but for case and separators: <c>Payments API</c> and <c>payments-api</c>.</summary>
    public static bool Same(string a, string b) =>
        string.Equals(a, b, StringComparison.OrdinalIgnoreCase)
        || (Squeeze(a) is { Length: > 0 } squeezed && string.Equals(squeezed, Squeeze(b), StringComparison.Ordinal));

    /// <summary>One name is the other with words added at either end: <c>payments</c> and <c>payments-api</c>.</summary>
    public static bool Related(string a, string b)
    {
        var (shorter, longer) = (Words(a), Words(b));
        if (shorter.Length > longer.Length)
            (shorter, longer) = (longer, shorter);
        return shorter.Length > 0 && shorter.Length < longer.Length
            && (longer.AsSpan().StartsWith(shorter) || longer.AsSpan().EndsWith(shorter));
    }

    private static string Bounded(string name) => name.Length <= MaxLength ? name.Trim() : name[..MaxLength].Trim();

    private static string Squeeze(string name) => string.Concat(name.Where(char.IsLetterOrDigit)).ToLowerInvariant();

    private static string[] Words(string name) =>
        name.ToLowerInvariant().Split(['-', '_', ' ', '.', '/', ':'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
}
