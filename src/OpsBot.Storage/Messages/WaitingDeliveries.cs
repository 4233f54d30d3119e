using OpsBot.Contracts.Ports;
using OpsBot.Runtime.Limits;
using OpsBot.Storage.Engine;

namespace OpsBot.Storage.Messages;

/// <summary>
/// Deliveries that wait for the writer, by sender: their number and what they hold in memory. They wait on when whoever sent them was told 503 already, so that
/// the bodies being read do not bound them.
/// </summary>
internal sealed class WaitingDeliveries(StoreOptions options)
{
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(5);

    private readonly FairShare _number = new(options.WriteQueue);
    private readonly FairShare _bytes = new(options.WriteQueueMiB * 1024L * 1024);

    /// <summary>Dispose when it waits no longer.</summary>
    /// <exception cref="IntakeOverloadedException">The sender has its share waiting already.</exception>
    public IDisposable Enter(string source, long bytes)
    {
        // one that is larger than all may be still has to get in sometime
        bytes = Math.Min(bytes, _bytes.Total / 4);
        if (!_number.TryTake(source, 1))
        {
            throw new IntakeOverloadedException(RetryAfter);
        }

        if (!_bytes.TryTake(source, bytes))
        {
            _number.Return(source, 1);
            throw new IntakeOverloadedException(RetryAfter);
        }

        return new Place(this, source, bytes);
    }

    public static long SizeOf(Delivery delivery) => delivery.Messages.Sum(message => sizeof(char) * (long)(message.Body.Length + message.Stream.Length));

    private sealed class Place(WaitingDeliveries all, string source, long bytes) : IDisposable
    {
        public void Dispose()
        {
            all._number.Return(source, 1);
            all._bytes.Return(source, bytes);
        }
    }
}
