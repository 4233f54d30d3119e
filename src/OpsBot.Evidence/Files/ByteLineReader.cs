namespace OpsBot.Evidence.Files;

/// <summary>
/// Cuts a stream of bytes into lines with one buffer. A longer line is cut and the rest of it passed over. The last line needs no line end,
/// but where the stream was cut off, at its bound or before its end, what has none is not the whole of a line and is left out.
/// </summary>
/// <param name="midLine">The stream begins somewhere within a line, which is passed over.</param>
/// <param name="length">What the stream is said to hold, bytes; null where that is not known.</param>
internal sealed class ByteLineReader(BoundedStream stream, bool midLine = false, long? length = null)
{
    public const int MaxLineBytes = 64 * 1024;
    private readonly byte[] _buffer = new byte[4 * MaxLineBytes];
    private int _start;
    private int _end;
    private bool _passOver = midLine;
    private bool _ended;

    /// <summary>Bytes read of the stream.</summary>
    public long BytesRead { get; private set; }

    /// <summary>The stream ended before its length.</summary>
    public bool Short => _ended && Failure is null && BytesRead < length;

    /// <summary>Why reading ended before the end of the stream; null where it did not. What came before was read.</summary>
    public Exception? Failure { get; private set; }

    /// <summary>Number of the line that was read last, from 1.</summary>
    public long LineNumber { get; private set; }

    /// <summary>Lines that were too long.</summary>
    public long CutLines { get; private set; }

    /// <summary>The next line without its end, valid until the next call; false at the end of the stream.</summary>
    public bool TryRead(out ReadOnlySpan<byte> line)
    {
        while (true)
        {
            // a file that was truncated under its writer begins with zeros, as many as it was long
            if (!_passOver) _start += LeadingZeros(_buffer.AsSpan(_start, _end - _start));
            var rest = _buffer.AsSpan(_start, _end - _start);
            var newline = rest.IndexOf((byte)'\n');
            if (newline >= 0)
            {
                _start += newline + 1;
                if (_passOver)
                {
                    _passOver = false;
                    continue;
                }

                line = Limit(rest[..newline]);
                return true;
            }

            if (_passOver || (_ended && (stream.Truncated || Short || Failure is not null) && rest.Length < MaxLineBytes))
            {
                _start = _end = 0;
            }
            else if (rest.Length >= MaxLineBytes || (_ended && rest.Length > 0))
            {
                _passOver = !_ended;
                _start = _end;
                line = Limit(rest);
                return true;
            }

            if (_ended)
            {
                line = default;
                return false;
            }

            Fill();
        }
    }

    private ReadOnlySpan<byte> Limit(ReadOnlySpan<byte> line)
    {
        LineNumber++;
        if (line.Length > MaxLineBytes || _passOver)
        {
            CutLines++;
            line = line[..Math.Min(line.Length, MaxLineBytes)];
        }

        if (LineNumber == 1 && line.StartsWith("\uFEFF"u8)) line = line[3..];
        return line is [.., (byte)'\r'] ? line[..^1] : line;
    }

    private static int LeadingZeros(ReadOnlySpan<byte> bytes)
    {
        var first = bytes.IndexOfAnyExcept((byte)0);
        return first < 0 ? bytes.Length : first;
    }

    private void Fill()
    {
        if (_start > 0)
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            _end -= _start;
            _start = 0;
        }

        var read = Read();
        if (read == 0) _ended = true;
        BytesRead += read;
        _end += read;
    }

    private int Read()
    {
        try
        {
            return stream.Read(_buffer, _end, _buffer.Length - _end);
        }
        catch (Exception e) when (e is IOException or InvalidDataException)
        {
            // thrown further, it would take the record along that still waits for its next line
            Failure = e;
            return 0;
        }
    }
}
