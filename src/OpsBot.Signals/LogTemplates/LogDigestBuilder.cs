using System.Globalization;
using System.Runtime.InteropServices;
using OpsBot.Contracts;

namespace OpsBot.Signals.LogTemplates;

/// <summary>
/// Makes a <see cref="LogDigest"/> of lines given one at a time, in any order. Memory is bounded by the bounds, not by the stream.
/// Lines before or after the period are read but not counted. Not safe for several threads.
/// </summary>
public sealed class LogDigestBuilder
{
    /// <summary>Stands for templates that no longer had room.</summary>
    public const string OtherTemplates = "<*> (other templates)";

    private readonly LogDigestBounds _bounds;
    private readonly TemplateMiner _miner;
    private readonly Dictionary<(string? Service, string? Instance), Dictionary<int, Counter>> _owners = [];
    private readonly long _fromMs;
    private readonly long _toMs;
    private readonly long _bucketMs;
    private readonly int _buckets;
    private int _counters;
    private long _lines;
    private long _overflowed;
    private string? _truncated;

    /// <param name="period">What to count: the window, with the baseline where there is one.</param>
    public LogDigestBuilder(TimeWindow period, LogDigestBounds? bounds = null)
    {
        ArgumentNullException.ThrowIfNull(period);
        _bounds = bounds ?? LogDigestBounds.Default;
        _miner = new TemplateMiner(Math.Max(_bounds.MaxCounts, 16));
        _fromMs = period.From.ToUnixTimeMilliseconds();
        _toMs = Math.Max(_fromMs, period.To.ToUnixTimeMilliseconds());
        var length = _toMs - _fromMs + 1;
        _bucketMs = Math.Max(1000, (length + _bounds.MaxBuckets - 1) / _bounds.MaxBuckets);
        _bucketMs = (_bucketMs + 999) / 1000 * 1000;
        _buckets = (int)((length + _bucketMs - 1) / _bucketMs);
    }

    /// <summary>Lines read so far.</summary>
    public long Lines => _lines;

    /// <param name="line">The record.</param>
    /// <param name="source">File or query that it came from.</param>
    /// <param name="lineNumber">Its number there, from 1; 0 where it has none.</param>
    public void Add(in LogLine line, string source, long lineNumber)
    {
        _lines++;
        if (line.Time is { } time && (time < _fromMs || time > _toMs)) return;
        Find(in line, source, lineNumber).Add(in line, line.Time is { } at ? (int)((at - _fromMs) / _bucketMs) : -1, _bounds.MaxSampleChars);
    }

    /// <summary>Says that something was left out; the first reason is kept.</summary>
    public void Truncate(string reason) => _truncated ??= reason;

    public LogDigest Build()
    {
        var counts = new List<TemplateCount>();
        foreach (var ((service, instance), templates) in _owners)
        {
            var merged = new Dictionary<int, Counter>();
            foreach (var (id, counter) in templates)
            {
                ref var into = ref CollectionsMarshal.GetValueRefOrAddDefault(merged, id < 0 ? id : _miner.Resolve(id), out var known);
                if (known) into!.Merge(counter);
                else into = counter.Copy();
            }

            counts.AddRange(merged.Select(m => m.Value.ToCount(service, instance, m.Key < 0 ? OtherTemplates : _miner.Text(m.Key))));
        }

        counts.Sort(static (a, b) => b.Total != a.Total ? b.Total.CompareTo(a.Total) : string.CompareOrdinal(a.Template, b.Template));
        var reason = _truncated ?? (_overflowed == 0 ? null : string.Create(
            CultureInfo.InvariantCulture,
            $"{_overflowed} lines had templates beyond the limit of {_bounds.MaxTemplatesPerInstance} an instance or {_bounds.MaxCounts} in all; they are counted as one"));
        return new LogDigest(_bucketMs, _fromMs, _buckets, _lines, counts, reason);
    }

    private Counter Find(in LogLine line, string source, long lineNumber)
    {
        var id = _miner.Add(line.Message);
        if (_owners.Count >= _bounds.MaxTemplatesPerInstance * 4 && !_owners.ContainsKey((line.Service, line.Instance)))
        {
            return Overflow(Owner(null, null), in line, source, lineNumber);
        }

        var templates = Owner(line.Service, line.Instance);
        if (templates.TryGetValue(id, out var counter)) return counter;
        if (id == TemplateMiner.Overflow || templates.Count >= _bounds.MaxTemplatesPerInstance || _counters >= _bounds.MaxCounts)
        {
            return Overflow(templates, in line, source, lineNumber);
        }

        return templates[id] = Make(source, lineNumber);
    }

    /// <summary>Failures that no longer had room are counted apart from the rest: a flood of chatter must not hide them.</summary>
    private Counter Overflow(Dictionary<int, Counter> templates, in LogLine line, string source, long lineNumber)
    {
        _overflowed++;
        var key = LogLevels.Rank(line.Level) >= LogLevels.Error ? -2 : -1;
        ref var counter = ref CollectionsMarshal.GetValueRefOrAddDefault(templates, key, out _);
        return counter ??= Make(source, lineNumber);
    }

    private Counter Make(string source, long lineNumber)
    {
        _counters++;
        return new Counter(_buckets, lineNumber > 0 ? string.Create(CultureInfo.InvariantCulture, $"{source}:{lineNumber}") : source);
    }

    private Dictionary<int, Counter> Owner(string? service, string? instance)
    {
        ref var templates = ref CollectionsMarshal.GetValueRefOrAddDefault(_owners, (service, instance), out _);
        return templates ??= [];
    }

    private sealed class Counter(int buckets, string query)
    {
        private readonly string _query = query;
        private int[] _counts = new int[buckets];
        private string? _first;
        private string? _last;
        private string? _level;
        private long _untimed;
        private long _total;
        private long? _firstMs;
        private long? _lastMs;

        public void Add(in LogLine line, int bucket, int maxSample)
        {
            _total++;
            if (bucket < 0) _untimed++;
            else if (_counts[bucket] < int.MaxValue) _counts[bucket]++;
            var level = line.Level;
            if (_first is null) level ??= LogLevels.Guess(line.Message);
            if (LogLevels.Rank(level) > LogLevels.Rank(_level)) _level = level;
            if (line.Time is { } time)
            {
                _firstMs = Math.Min(_firstMs ?? time, time);
                _lastMs = Math.Max(_lastMs ?? time, time);
            }

            // a short message is kept by reference; a long one is cut once here and again only when the digest is built
            if (_first is null) _first = Cut(line.Message, maxSample);
            else _last = line.Message.Length <= maxSample ? line.Message : Cut(line.Message, maxSample);
        }

        public void Merge(Counter other)
        {
            for (var i = 0; i < _counts.Length; i++) _counts[i] += other._counts[i];
            if ((other._lastMs ?? 0) >= (_lastMs ?? 0)) _last = other._last ?? other._first;
            if (LogLevels.Rank(other._level) > LogLevels.Rank(_level)) _level = other._level;
            _untimed += other._untimed;
            _total += other._total;
            _firstMs = _firstMs is { } a && other._firstMs is { } b ? Math.Min(a, b) : _firstMs ?? other._firstMs;
            _lastMs = _lastMs is { } c && other._lastMs is { } d ? Math.Max(c, d) : _lastMs ?? other._lastMs;
        }

        public Counter Copy()
        {
            var copy = (Counter)MemberwiseClone();
            copy._counts = [.. _counts];
            return copy;
        }

        public TemplateCount ToCount(string? service, string? instance, string template) => new(
            service, instance, template, _level, _counts, _untimed, _total, _firstMs, _lastMs,
            _last is null || string.Equals(_last, _first, StringComparison.Ordinal) ? [_first!] : [_first!, _last], _query);

        private static string Cut(string text, int max)
        {
            if (text.Length <= max) return text;
            var end = char.IsHighSurrogate(text[max - 1]) ? max - 1 : max;
            return string.Concat(text.AsSpan(0, end), "…");
        }
    }
}
