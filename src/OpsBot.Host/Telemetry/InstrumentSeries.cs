using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace OpsBot.Host.Telemetry;

/// <summary>All series of one instrument. Recording takes no memory once a series is known.</summary>
internal sealed class InstrumentSeries
{
    /// <summary>Labels are words of ours and of the configuration; this holds even where that is not true.</summary>
    public const int MostSeries = 500;

    private const int LongestLabel = 100;
    private const string Other = "other";

    private readonly ConcurrentDictionary<string[], Series> _series = new(LabelValues.Comparer);
    private readonly ConcurrentDictionary<string[], Series>.AlternateLookup<ReadOnlySpan<KeyValuePair<string, object?>>> _byTags;

    public InstrumentSeries(Instrument instrument)
    {
        (Name, Help, IsHistogram) = (instrument.Name, instrument.Description ?? "", instrument is Histogram<double>);
        Bounds = instrument is Histogram<double> { Advice.HistogramBucketBoundaries: { } bounds } ? [.. bounds] : [];
        _byTags = _series.GetAlternateLookup<ReadOnlySpan<KeyValuePair<string, object?>>>();
    }

    public string Name { get; }

    public string Help { get; }

    public bool IsHistogram { get; }

    /// <summary>Upper bounds of the buckets, without the infinite one.</summary>
    public double[] Bounds { get; }

    public IEnumerable<Series> All => _series.Values;

    public void Record(double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        if (!_byTags.TryGetValue(tags, out var series))
        {
            series = Add(tags);
        }

        series.Record(value);
    }

    private Series Add(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var isFull = _series.Count >= MostSeries;
        var (names, values) = (new string[tags.Length], new string[tags.Length]);
        for (var i = 0; i < tags.Length; i++)
        {
            var value = tags[i].Value?.ToString() ?? "";
            (names[i], values[i]) = (tags[i].Key, isFull ? Other : value.Length <= LongestLabel ? value : value[..LongestLabel]);
        }

        return _series.GetOrAdd(values, _ => new Series(names, values, Bounds));
    }
}

/// <summary>One set of label values with what was recorded under it.</summary>
internal sealed class Series(string[] names, string[] values, double[] bounds)
{
    private readonly Lock _lock = new();
    private readonly long[] _buckets = new long[bounds.Length + 1];
    private long _count;
    private double _sum;

    public IReadOnlyList<string> Names => names;

    public IReadOnlyList<string> Values => values;

    public void Record(double value)
    {
        var bucket = 0;
        while (bucket < bounds.Length && value > bounds[bucket])
        {
            bucket++;
        }

        lock (_lock)
        {
            _buckets[bucket]++;
            _count++;
            _sum += value;
        }
    }

    /// <summary>Count, sum and the count of each bucket alone, all of the same moment.</summary>
    public (long Count, double Sum, long[] Buckets) Read()
    {
        lock (_lock)
        {
            return (_count, _sum, [.. _buckets]);
        }
    }
}
