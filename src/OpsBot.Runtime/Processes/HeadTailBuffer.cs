using System.Globalization;
using System.Text;
using System.Text.Unicode;

namespace OpsBot.Runtime.Processes;

/// <summary>Keeps the first and the last bytes of a stream of any length, in as much memory as they need.</summary>
public sealed class HeadTailBuffer(int maxBytes)
{
    private const int Least = 4 * 1024;

    private readonly int _headMax = Math.Max(1, maxBytes / 2);
    private readonly int _tailMax = Math.Max(1, maxBytes - maxBytes / 2);
    private readonly Lock _gate = new();
    private byte[] _head = [];

    // a ring once it is as large as it may be; until then its bytes stand in order
    private byte[] _tail = [];
    private int _headLength;
    private long _tailWritten;

    public void Append(ReadOnlySpan<byte> bytes)
    {
        lock (_gate)
        {
            var first = Math.Min(bytes.Length, _headMax - _headLength);
            Grow(ref _head, _headLength + first, _headMax);
            bytes[..first].CopyTo(_head.AsSpan(_headLength));
            _headLength += first;
            var rest = bytes[first..];
            if (rest.IsEmpty)
                return;
            Grow(ref _tail, _tailWritten + rest.Length, _tailMax);
            if (rest.Length > _tailMax)
            {
                _tailWritten += rest.Length - _tailMax;
                rest = rest[^_tailMax..];
            }

            var at = (int)(_tailWritten % _tailMax);
            var upToEnd = Math.Min(rest.Length, _tailMax - at);
            rest[..upToEnd].CopyTo(_tail.AsSpan(at));
            rest[upToEnd..].CopyTo(_tail);
            _tailWritten += rest.Length;
        }
    }

    public CapturedOutput ToOutput()
    {
        lock (_gate)
        {
            var kept = (int)Math.Min(_tailWritten, _tailMax);
            var cut = _tailWritten - kept;
            var tail = new byte[kept];
            var start = (int)((_tailWritten - kept) % _tailMax);
            var upToEnd = Math.Min(kept, _tailMax - start);
            _tail.AsSpan(start, upToEnd).CopyTo(tail);
            _tail.AsSpan(0, kept - upToEnd).CopyTo(tail.AsSpan(upToEnd));
            var head = _head.AsSpan(0, _headLength);
            if (cut == 0)
            {
                byte[] all = [.. head, .. tail];
                return new CapturedOutput(Encoding.UTF8.GetString(all), all.Length, 0, Utf8.IsValid(all));
            }

            var text = string.Create(CultureInfo.InvariantCulture, $"{Encoding.UTF8.GetString(head)}\n[… {cut} bytes cut …]\n{Encoding.UTF8.GetString(tail)}");
            return new CapturedOutput(text, _headLength + _tailWritten, cut, IsUtf8: false);
        }
    }

    private static void Grow(ref byte[] buffer, long needed, int max)
    {
        if (needed > buffer.Length && buffer.Length < max)
            Array.Resize(ref buffer, (int)Math.Min(max, Math.Max(Math.Max(Least, 2L * buffer.Length), needed)));
    }
}
