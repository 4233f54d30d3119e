using System.Collections.Concurrent;
using OpsBot.Contracts.Ports;

namespace OpsBot.Tests.Ingress;

/// <summary>An intake that remembers what it committed, and fails on demand.</summary>
internal sealed class InMemoryIntake : IIntake
{
    private readonly ConcurrentDictionary<(string, string), bool> _known = new();

    public ConcurrentQueue<Delivery> Deliveries { get; } = new();

    public ConcurrentQueue<QuarantinedDelivery> Quarantine { get; } = new();

    public ConcurrentDictionary<string, int> Refused { get; } = new();

    /// <summary>Thrown by the next calls, before anything is stored.</summary>
    public Exception? Fault { get; set; }

    /// <summary>Awaited before a delivery is committed.</summary>
    public Task Commit { get; set; } = Task.CompletedTask;

    public int Rows => Deliveries.Sum(delivery => delivery.Messages.Count);

    public async Task<IntakeResult> AcceptAsync(Delivery delivery, CancellationToken cancellationToken)
    {
        await Commit.WaitAsync(cancellationToken);
        if (Fault is not null)
            throw Fault;
        if (!_known.TryAdd((delivery.Source, delivery.DeliveryKey), true))
            return IntakeResult.Duplicate;
        Deliveries.Enqueue(delivery);
        return IntakeResult.Accepted;
    }

    public Task<IntakeResult> QuarantineAsync(QuarantinedDelivery delivery, CancellationToken cancellationToken)
    {
        if (Fault is not null)
            throw Fault;
        if (!_known.TryAdd((delivery.Source, delivery.DeliveryKey), true))
            return Task.FromResult(IntakeResult.Duplicate);
        Quarantine.Enqueue(delivery);
        return Task.FromResult(IntakeResult.Accepted);
    }

    public void CountRefused(string source) => Refused.AddOrUpdate(source, 1, (_, count) => count + 1);
}
