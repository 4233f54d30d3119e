using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using OpsBot.Actions.Catalog;
using OpsBot.Runtime.Text;

namespace OpsBot.Actions.Execution.Supervision;

/// <summary>Reads what a command prints line by line, as a person would see it, and keeps those that are worth a word. Bounded, whatever is printed.</summary>
internal sealed class LinesOfNote(IReadOnlyList<string> patterns)
{
    private const int MostOfEach = 10;
    private const int MostBytesOfLine = 16 * 1024;
    private const int MostChars = 500;

    private readonly IReadOnlyList<Regex> _patterns = [.. patterns.Select(LinePattern.Of)];
    private readonly Lock _gate = new();
    private readonly List<byte> _line = [];
    private readonly List<ToldLine> _first = [];
    private readonly Queue<ToldLine> _last = [];
    private readonly Queue<string> _end = [];
    private long _lines;
    private long _fitting;
    private DateTimeOffset _lastAt;

    public void Append(ReadOnlySpan<byte> bytes, DateTimeOffset now)
    {
        lock (_gate)
        {
            _lastAt = now;
            while (bytes.IndexOf((byte)'\n') is var at and >= 0)
            {
                Add(bytes[..at]);
                bytes = bytes[(at + 1)..];
                EndLine(now);
            }

            Add(bytes);
        }
    }

    /// <summary>What did not end in a line break is a line too.</summary>
    public void Complete(DateTimeOffset now)
    {
        lock (_gate)
        {
            if (_line.Count > 0)
            {
                EndLine(now);
            }
        }
    }

    public byte[] ToBytes(string spec, DateTimeOffset begun)
    {
        lock (_gate)
        {
            var record = new LinesRecord(spec, _lastAt == default ? begun : _lastAt, _lines, _fitting, [.. _first], [.. _last], [.. _end]);
            return JsonSerializer.SerializeToUtf8Bytes(record, SupervisorJson.Default.LinesRecord);
        }
    }

    private void Add(ReadOnlySpan<byte> part) => _line.AddRange(part[..Math.Min(part.Length, MostBytesOfLine - _line.Count)]);

    private void EndLine(DateTimeOffset now)
    {
        var text = TerminalLine.Clean(Encoding.UTF8.GetString(CollectionsMarshal.AsSpan(_line))).TrimEnd();
        _line.Clear();
        _lines++;
        if (text.Length == 0)
        {
            return;
        }

        var fits = _patterns.Any(pattern => pattern.IsMatch(text));
        text = text.Length > MostChars ? $"{text[..(MostChars - 1)]}…" : text;
        Keep(_end, text);
        if (!fits)
        {
            return;
        }

        _fitting++;
        var told = new ToldLine(_lines, now, text);
        if (_first.Count < MostOfEach)
        {
            _first.Add(told);
        }
        else
        {
            Keep(_last, told);
        }
    }

    private static void Keep<T>(Queue<T> kept, T one)
    {
        if (kept.Count == MostOfEach)
        {
            kept.Dequeue();
        }

        kept.Enqueue(one);
    }
}
