using System.Buffers;
using Microsoft.AspNetCore.Http;

namespace OpsBot.Ingress.Webhooks;

/// <summary>A stream read into pooled memory up to a limit. Dispose gives the memory back: nothing may hold on to it.</summary>
internal sealed class BodyBuffer : IDisposable
{
    private const int FirstSize = 16 * 1024;

    private readonly SenderBudget _budget;
    private byte[] _buffer = [];
    private int _length;

    private BodyBuffer(SenderBudget budget) => _budget = budget;

    public ReadOnlyMemory<byte> Memory => _buffer.AsMemory(0, _length);

    /// <param name="stream">Read to its end.</param>
    /// <param name="limit">More bytes than this are turned away with 413.</param>
    /// <param name="expected">Length that the sender announced; null where it did not.</param>
    /// <param name="budget">What bodies of its sender may take.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    public static async Task<BodyBuffer> ReadAsync(
        Stream stream, int limit, long? expected, SenderBudget budget, CancellationToken cancellationToken)
    {
        if (expected > limit)
            throw TooLarge(limit);
        var body = new BodyBuffer(budget);
        try
        {
            // memory grows with what came, not with what was announced: announcing costs a stranger nothing
            body.Grow((int)Math.Min(expected + 1 ?? FirstSize, FirstSize));
            int read;
            while ((read = await stream.ReadAsync(body._buffer.AsMemory(body._length), cancellationToken)) > 0)
            {
                body._length += read;
                if (body._length > limit)
                    throw TooLarge(limit);
                if (body._length == body._buffer.Length)
                    body.Grow((int)Math.Min(body._length * 2L, Math.Max(limit + 1L, body._length + 1L)));
            }

            return body;
        }
        catch
        {
            body.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        if (_buffer.Length == 0)
            return;
        ArrayPool<byte>.Shared.Return(_buffer);
        _budget.Return(_buffer.Length);
        _buffer = [];
        _length = 0;
    }

    private void Grow(int size)
    {
        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(size, 1));
        try
        {
            _budget.Take(larger.Length);
        }
        catch
        {
            ArrayPool<byte>.Shared.Return(larger);
            throw;
        }

        var length = _length;
        Memory.CopyTo(larger);
        Dispose();
        _buffer = larger;
        _length = length;
    }

    public static TurnedAwayException TooLarge(int limit) => new(
        StatusCodes.Status413PayloadTooLarge, $"The body is larger than {limit >> 20} MiB (maxBodyMiB of this sender).");
}
