using OpsBot.Contracts.Telemetry;
using OpsBot.Storage.Engine;

namespace OpsBot.Storage.Messages;

/// <summary>An effect that no message asked for, but a person: the same transaction for what changes and the rows that follow.</summary>
public sealed class Outbox(IStore store, MessageSignal signal, StoreClock clock)
{
    /// <summary>Runs <paramref name="effect"/> and returns once it is committed with its rows. What it throws rolls everything back.</summary>
    public async Task<T> CommitAsync<T>(Func<EffectScope, Task<T>> effect, CancellationToken cancellationToken)
    {
        var trace = TraceContext.Current;
        var (result, hints) = await store.WriteAsync(
            async transaction =>
            {
                var scope = new EffectScope(transaction, clock.GetUtcNow(), trace);
                var result = await effect(scope);
                await MessageTable.InsertAsync(transaction, scope.Following, deliveryKey: null, scope.Now.ToUnixTimeMilliseconds());
                return (result, scope.Committed);
            },
            cancellationToken);
        signal.Raise();
        hints.ForEach(hint => hint());
        return result;
    }
}
