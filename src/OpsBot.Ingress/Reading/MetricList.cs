using System.Globalization;

namespace OpsBot.Ingress.Reading;

/// <summary>Collects last values of metrics. What is no finite number stays a fact, because the record holds numbers only.</summary>
internal sealed class MetricList
{
    private readonly Dictionary<string, double> _metrics = [];
    private readonly Dictionary<string, string> _notFinite = [];

    public IReadOnlyDictionary<string, double> Metrics => _metrics;

    /// <summary>As facts named <c>metric.NAME</c>.</summary>
    public IReadOnlyDictionary<string, string> NotFinite => _notFinite;

    /// <summary>A value that is neither a number nor a word for what is none is passed over.</summary>
    public void Add(string? name, JsonView value)
    {
        if (name is not { Length: > 0 } || !value.Exists || value.IsObject || value.IsArray || _metrics.Count >= Bounds.Entries)
            return;
        name = Bounds.Cut(name, Bounds.Name);
        var text = value.Text() ?? "";
        if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number))
            _metrics[name] = number;
        else if (text.ToLowerInvariant() is "nan" or "infinity" or "-infinity" or "inf" or "-inf")
            _notFinite[$"metric.{name}"] = text;
    }
}
