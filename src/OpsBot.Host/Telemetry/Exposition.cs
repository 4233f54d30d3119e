using System.Globalization;
using System.Text;

namespace OpsBot.Host.Telemetry;

/// <summary>A page in the text format that Prometheus reads, version 0.0.4.</summary>
internal sealed class Exposition
{
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    private readonly StringBuilder _text = new();

    public Exposition Gauge(string name, string help, double value) => Head(name, help, "gauge").Sample(name, [], value);

    public Exposition Gauge(string name, string help, string label, IEnumerable<(string Label, double Value)> values) =>
        Family(name, help, "gauge", label, values);

    public Exposition Counter(string name, string help, double value) => Head(name, help, "counter").Sample(name, [], value);

    public Exposition Counter(string name, string help, string label, IEnumerable<(string Label, double Value)> values) =>
        Family(name, help, "counter", label, values);

    /// <summary>A constant 1 whose labels say something.</summary>
    public Exposition Info(string name, string help, params (string Name, string Value)[] labels) => Head(name, help, "gauge").Sample(name, labels, 1);

    public Exposition Instrument(InstrumentSeries instrument)
    {
        Head(instrument.Name, instrument.Help, instrument.IsHistogram ? "histogram" : "counter");
        foreach (var series in instrument.All)
        {
            var (count, sum, buckets) = series.Read();
            (string, string)[] labels = [.. series.Names.Zip(series.Values)];
            if (!instrument.IsHistogram)
            {
                Sample(instrument.Name, labels, sum);
                continue;
            }

            var below = 0L;
            for (var i = 0; i < buckets.Length; i++)
            {
                below += buckets[i];
                Sample($"{instrument.Name}_bucket", [.. labels, ("le", i < instrument.Bounds.Length ? Number(instrument.Bounds[i]) : "+Inf")], below);
            }

            Sample($"{instrument.Name}_sum", labels, sum);
            Sample($"{instrument.Name}_count", labels, count);
        }

        return this;
    }

    public override string ToString() => _text.ToString();

    private Exposition Family(string name, string help, string type, string label, IEnumerable<(string Label, double Value)> values)
    {
        Head(name, help, type);
        foreach (var (value, number) in values)
        {
            Sample(name, [(label, value)], number);
        }

        return this;
    }

    private Exposition Head(string name, string help, string type)
    {
        _text.Append("# HELP ").Append(name).Append(' ')
            .Append(help.Replace("\\", @"\\", StringComparison.Ordinal).Replace("\n", @"\n", StringComparison.Ordinal)).Append('\n');
        _text.Append("# TYPE ").Append(name).Append(' ').Append(type).Append('\n');
        return this;
    }

    private Exposition Sample(string name, (string Name, string Value)[] labels, double value)
    {
        _text.Append(name);
        for (var i = 0; i < labels.Length; i++)
        {
            _text.Append(i == 0 ? '{' : ',').Append(labels[i].Name).Append("=\"").Append(Escaped(labels[i].Value)).Append('"');
        }

        _text.Append(labels.Length > 0 ? "} " : " ").Append(Number(value)).Append('\n');
        return this;
    }

    private static string Escaped(string value) => value.AsSpan().IndexOfAny('\\', '"', '\n') < 0
        ? value
        : value.Replace("\\", @"\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\n", @"\n", StringComparison.Ordinal);

    private static string Number(double value) => value switch
    {
        double.PositiveInfinity => "+Inf",
        double.NegativeInfinity => "-Inf",
        _ => value.ToString("R", CultureInfo.InvariantCulture),
    };
}
