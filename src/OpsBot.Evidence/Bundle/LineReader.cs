using System.Text;

namespace OpsBot.Evidence.Bundle;

/// <summary>
/// Lines of a file, streamed. A line longer than the bound is cut, not held: a file of one endless line costs no memory.
/// A byte order mark is honoured, bytes that are no UTF-8 become U+FFFD.
/// </summary>
internal sealed class LineReader(Stream stream) : IDisposable
{
    /// <summary>Longest line kept, characters.</summary>
    public const int MaxLine = 1 << 20;

    private readonly StreamReader _reader = new(stream, Encoding.UTF8, detectEncodingFromByteOrderMarks: true, 1 << 16);
    private readonly char[] _buffer = new char[1 << 15];
    private readonly StringBuilder _line = new();
    private int _at;
    private int _end;

    /// <summary>Lines that were cut.</summary>
    public int Cut { get; private set; }

    /// <summary>Number of the line last read, from 1.</summary>
    public int Number { get; private set; }

    /// <summary>The next line without its end, null at the end of the file.</summary>
    public string? Read()
    {
        _line.Clear();
        var any = false;
        var cut = false;
        while (Fill())
        {
            any = true;
            var rest = _buffer.AsSpan(_at, _end - _at);
            var newline = rest.IndexOf('\n');
            var part = newline < 0 ? rest : rest[..newline];
            var room = MaxLine - _line.Length;
            cut |= part.Length > room;
            _line.Append(part[..Math.Min(part.Length, room)]);
            _at += newline < 0 ? rest.Length : newline + 1;
            if (newline >= 0)
            {
                break;
            }
        }

        if (!any)
        {
            return null;
        }

        Number++;
        Cut += cut ? 1 : 0;
        var length = _line.Length > 0 && _line[^1] == '\r' ? _line.Length - 1 : _line.Length;
        return _line.ToString(0, length);
    }

    public void Dispose() => _reader.Dispose();

    private bool Fill()
    {
        if (_at < _end)
        {
            return true;
        }

        _at = 0;
        _end = _reader.Read(_buffer, 0, _buffer.Length);
        return _end > 0;
    }
}
