using Microsoft.Extensions.Options;
using OpsBot.Contracts.Events;
using OpsBot.Contracts.Incidents;
using OpsBot.Contracts.Ports;
using OpsBot.Incidents.Correlation;
using OpsBot.Incidents.Flow;
using OpsBot.Storage.Engine;
using OpsBot.Storage.Messages;
using LiveDesk = OpsBot.Incidents.Desk.IncidentDesk;

namespace OpsBot.Tests.Support;

/// <summary>The incident desk over a real store.</summary>
internal sealed class StoredDesk : IAsyncDisposable
{
    public StoredDesk() => Desk = new(
        Options.Create(new CorrelationOptions()), Options.Create(new FlowSettings()), Some.Topology(), Store.Get<ILiveUpdates>());

    public StoreFixture Store { get; } = new();

    public LiveDesk Desk { get; }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async Task TakeAsync(params IEnumerable<AlertReported> alerts)
    {
        foreach (var alert in alerts)
            await InAsync(scope => Desk.TakeAsync(alert, scope));
    }

    /// <summary>One effect with the rows that follow from it, as handling a message has it.</summary>
    public Task InAsync(Func<EffectScope, Task> effect, Ahead? ahead = null) => Store.Get<IStore>().WriteAsync(
        async transaction =>
        {
            var scope = new EffectScope(transaction, Store.Clock.GetUtcNow());
            await effect(scope);
            await MessageTable.InsertAsync(transaction, scope.Following, deliveryKey: null, Store.Clock.GetUtcNow().ToUnixTimeMilliseconds());
        },
        Token, ahead: ahead);

    /// <summary>All in one group of writes, in this order.</summary>
    public async Task TakeTogetherAsync(params IEnumerable<AlertReported> alerts)
    {
        var (begun, hold) = (new TaskCompletionSource(), new TaskCompletionSource());
        var first = InAsync(async _ =>
        {
            begun.TrySetResult();
            await hold.Task;
        });
        await begun.Task;
        var all = alerts.Select(alert => InAsync(scope => Desk.TakeAsync(alert, scope), Desk.Ahead(alert))).ToList();
        hold.SetResult();
        await Task.WhenAll([first, .. all]);
    }

    /// <summary>All incidents, oldest first.</summary>
    public async Task<IReadOnlyList<Incident>> IncidentsAsync() =>
        [.. (await Store.Get<IIncidentReader>().ListAsync([], 100, 0, Token)).Reverse()];

    public async Task<IncidentDetail> DetailAsync(long id) => (await Store.Get<IIncidentReader>().FindAsync(id, Token)).ShouldNotBeNull();

    public ValueTask DisposeAsync() => Store.DisposeAsync();
}
