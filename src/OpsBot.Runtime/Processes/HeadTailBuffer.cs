using System.Globalization;
using System.Text;
using System.Text.Unicode;

namespace OpsBot.Runtime.Processes;

/// <summary>Keeps the first and the last bytes of a stream of any length.</summary>
public sealed class HeadTailBuffer(int maxBytes)
{
    private readonly byte[] _head = new byte[Math.Max(1, maxBytes / 2)];
    private readonly byte[] _tail = new byte[Math.Max(1, maxBytes - maxBytes / 2)];
    private readonly Lock _gate = new();
    private int _headLength;
    private long _tailWritten;

    public void Append(ReadOnlySpan<byte> bytes)
    {
        lock (_gate)
        {
            var first = Math.Min(bytes.Length, _head.Length - _headLength);
            bytes[..first].CopyTo(_head.AsSpan(_headLength));
            _headLength += first;
            var rest = bytes[first..];
            if (rest.Length > _tail.Length)
            {
                _tailWritten += rest.Length - _tail.Length;
                rest = rest[^_tail.Length..];
            }

            var at = (int)(_tailWritten % _tail.Length);
            var upToEnd = Math.Min(rest.Length, _tail.Length - at);
            rest[..upToEnd].CopyTo(_tail.AsSpan(at));
            rest[upToEnd..].CopyTo(_tail);
            _tailWritten += rest.Length;
        }
    }

    public CapturedOutput ToOutput()
    {
        lock (_gate)
        {
            var kept = (int)Math.Min(_tailWritten, _tail.Length);
            var cut = _tailWritten - kept;
            var tail = new byte[kept];
            var start = (int)((_tailWritten - kept) % _tail.Length);
            var upToEnd = Math.Min(kept, _tail.Length - start);
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
}
