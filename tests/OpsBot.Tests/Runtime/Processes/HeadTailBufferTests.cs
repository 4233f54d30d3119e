using System.Text;
using FsCheck;
using FsCheck.Fluent;
using OpsBot.Runtime.Processes;

namespace OpsBot.Tests.Runtime.Processes;

public sealed class HeadTailBufferTests
{
    [Fact]
    public void However_it_is_written_the_first_and_last_bytes_are_kept() => Prop.ForAll<byte[][], PositiveInt>((chunks, limit) =>
    {
        chunks = [.. chunks.Select(c => c.Select(b => (byte)(b % 26 + 'a')).ToArray())];
        var all = chunks.SelectMany(c => c).ToArray();
        var buffer = new HeadTailBuffer(limit.Get);
        foreach (var chunk in chunks) buffer.Append(chunk);
        var output = buffer.ToOutput();
        var max = Math.Max(1, limit.Get / 2) + Math.Max(1, limit.Get - limit.Get / 2);
        var text = Encoding.ASCII.GetString(all);
        return output.Bytes == all.Length && (all.Length <= max
            ? output.CutBytes == 0 && output.Text == text
            : output.CutBytes == all.Length - max && text.StartsWith(output.Text[..Math.Max(1, limit.Get / 2)], StringComparison.Ordinal) &&
              text.EndsWith(output.Text[^Math.Max(1, limit.Get - limit.Get / 2)..], StringComparison.Ordinal));
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void What_is_little_needs_little_memory_however_much_it_might_be()
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        var buffer = new HeadTailBuffer(64 << 20);
        for (var i = 0; i < 100; i++) buffer.Append("twenty-three characters"u8);
        var output = buffer.ToOutput();
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(64 * 1024);
        output.Bytes.ShouldBe(2_300);
    }
}
