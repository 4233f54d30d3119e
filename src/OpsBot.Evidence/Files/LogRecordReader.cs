using System.Text;
using OpsBot.Signals.LogTemplates;

namespace OpsBot.Evidence.Files;

/// <summary>Makes records of lines: joins stack traces to what they belong to, reads JSON and text.</summary>
internal sealed class LogRecordReader(ByteLineReader lines, LogTimestamp timestamp)
{
    private const int MaxRecordChars = 16 * 1024;
    private readonly StringBuilder _more = new();
    private LogLine? _pending;
    private long _pendingNumber;
    private bool _timed;

    /// <summary>The next record and the number of its first line; false at the end.</summary>
    public bool TryRead(out LogLine record, out long lineNumber)
    {
        while (lines.TryRead(out var bytes))
        {
            if (bytes.IsEmpty) continue;
            var next = bytes[0] == '{' ? JsonLogRecord.Read(bytes, timestamp) : null;
            if (next is null)
            {
                var text = Encoding.UTF8.GetString(bytes);
                if (text.Contains('\0')) text = text.Replace("\0", "", StringComparison.Ordinal);
                if (string.IsNullOrWhiteSpace(text)) continue;
                // a time within an indented line is something that the line before goes on to say
                var hasTime = timestamp.TryFind(text, out var ms, out var start, out var end) && !(_timed && start > 2 && char.IsWhiteSpace(text[0]));
                _timed |= hasTime;
                if (_pending is not null && !hasTime && Continues(text))
                {
                    if (_more.Length + text.Length < MaxRecordChars) _more.Append('\n').Append(text);
                    continue;
                }

                next = PlainLogRecord.Read(text, hasTime ? ms : null, start, end);
            }

            var number = lines.LineNumber;
            if (_pending is null)
            {
                (_pending, _pendingNumber) = (next, number);
                continue;
            }

            (record, lineNumber) = (Take(), _pendingNumber);
            (_pending, _pendingNumber) = (next, number);
            return true;
        }

        lineNumber = _pendingNumber;
        record = _pending is null ? default : Take();
        var any = _pending is not null;
        _pending = null;
        return any;
    }

    /// <summary>Where lines have times, one without belongs to the line before; else only what looks like a part of a stack trace does.</summary>
    private bool Continues(string text) =>
        _timed || char.IsWhiteSpace(text[0]) || text.StartsWith("Caused by:", StringComparison.Ordinal) || text.StartsWith("at ", StringComparison.Ordinal) || text[0] == '}';

    private LogLine Take()
    {
        var line = _pending!.Value;
        if (_more.Length == 0) return line;
        line = line with { Message = line.Message + _more };
        _more.Clear();
        return line;
    }
}
