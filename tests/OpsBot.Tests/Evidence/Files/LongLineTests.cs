using System.Text;
using OpsBot.Evidence;
using OpsBot.Evidence.Files;

namespace OpsBot.Tests.Evidence.Files;

/// <summary>A line that no memory would hold.</summary>
public sealed class LongLineTests
{
    [Fact]
    public void A_line_of_200_mebibytes_is_cut_in_bounded_memory_and_the_next_is_read()
    {
        const long Long = 200L << 20;
        const string Next = "the next line\n";
        using var stream = new BoundedStream(new OneLine(Long, Next), long.MaxValue);
        var before = GC.GetAllocatedBytesForCurrentThread();
        var lines = new ByteLineReader(stream);
        lines.TryRead(out var first).ShouldBeTrue();
        first.Length.ShouldBe(ByteLineReader.MaxLineBytes);
        lines.TryRead(out var second).ShouldBeTrue();
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(1 << 20);
        Encoding.UTF8.GetString(second).ShouldBe(Next.TrimEnd());
        lines.TryRead(out _).ShouldBeFalse();
        (lines.CutLines, lines.BytesRead).ShouldBe((1, Long + 1 + Next.Length));
    }

    /// <summary>So many times the letter x, a line end, and a text.</summary>
    private sealed class OneLine(long length, string then) : Stream
    {
        private readonly byte[] _then = Encoding.UTF8.GetBytes("\n" + then);
        private long _at;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

        public override int Read(Span<byte> buffer)
        {
            int read;
            if (_at < length)
            {
                read = (int)Math.Min(buffer.Length, length - _at);
                buffer[..read].Fill((byte)'x');
            }
            else
            {
                var rest = _then.AsSpan((int)(_at - length));
                read = Math.Min(buffer.Length, rest.Length);
                rest[..read].CopyTo(buffer);
            }

            _at += read;
            return read;
        }

        public override void Flush() => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
