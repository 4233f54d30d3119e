using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using OpsBot.Contracts.Events;
using OpsBot.Contracts.Messages;
using OpsBot.Contracts.Ports;
using OpsBot.Contracts.Watches;
using OpsBot.Runtime.Redaction;
using OpsBot.Storage.Engine;
using OpsBot.Storage.Messages;
using OpsBot.Tests.Support;
using OpsBot.Watches.Declared;
using OpsBot.Watches.Desk;
using OpsBot.Watches.Queries;
using OpsBot.Watches.Ticks;
using OpsBot.Watches.Training;

namespace OpsBot.Tests.Watches;

/// <summary>A real store with a desk for watches and a ticker over it; the clock stands.</summary>
public abstract class StoredWatchStage : IAsyncDisposable
{
    private protected StoredDesk Stored { get; } = new();

    private protected ScriptedMetrics Metrics { get; } = new();

    private protected static CancellationToken Token => TestContext.Current.CancellationToken;

    private protected IWatchReader Reader => Stored.Store.Get<IWatchReader>();

    private protected DateTimeOffset Now => Stored.Store.Clock.GetUtcNow();

    public async ValueTask DisposeAsync()
    {
        await Stored.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    private protected ScriptedRun Run { get; } = new();

    private protected DeclaredWatches Declared(params WatchDeclaration[] all)
    {
        var options = new WatchesOptions();
        options.AddRange(all);
        return new DeclaredWatches(Options.Create(options), Desk(), new NoCurves(), NullLogger<DeclaredWatches>.Instance);
    }

    private protected WatchDesk Desk() => new(Stored.Store.Get<ILiveUpdates>(), Stored.Store.Get<IRedactor>());

    private protected async Task<Watch> BeginAsync(Watch? watch = null) =>
        (await ChangeAsync((desk, scope) => desk.StartAsync(watch ?? Some.Watch(), scope))).Watch.ShouldNotBeNull();

    private protected async Task<WatchAnswer> ChangeAsync(Func<WatchDesk, EffectScope, Task<WatchAnswer>> change)
    {
        WatchAnswer? answer = null;
        await Stored.InAsync(async scope => answer = await change(Desk(), scope));
        return answer!;
    }

    /// <summary>Moves the clock to the next beat and does what is due then.</summary>
    private protected Task<int> NextAsync()
    {
        Stored.Store.Clock.Advance(TimeSpan.FromMinutes(1));
        return TickAsync();
    }

    private protected async Task<int> TickAsync()
    {
        var rows = await Stored.Store.ClaimAsync(WatchTick.Kind);
        foreach (var row in rows)
            await HandleAsync(row);
        return rows.Count;
    }

    private protected Task HandleAsync(ClaimedMessage row)
    {
        var ticker = NewTicker();
        return Stored.Store.Handling.HandleAsync<WatchTick>(row.Id, row.LeaseToken, (tick, run) => ticker.TickAsync(tick, run.CancellationToken), Token);
    }

    private protected Ticker NewTicker(IMetricSampler? metrics = null) => new(
        Reader, [new QueryKind(metrics ?? Metrics), new TrainingKind(Run, Stored.Store.Get<ITrainingJobs>())], Stored.Store.Get<ILiveUpdates>(), Stored.Store.Get<IRedactor>(), new StoreClock(Stored.Store.Clock), NullLogger<Ticker>.Instance);

    private protected Task<long> DueNow() => Stored.Store.ScalarAsync(FormattableString.Invariant($"select count(*) from messages where handled_at is null and dead_at is null and due_at <= {Now.ToUnixTimeMilliseconds()}"));

    private protected Task<long> Pending() => Stored.Store.ScalarAsync("select count(*) from messages where handled_at is null and dead_at is null");

    private protected Task<IReadOnlyList<AlertReported>> AlertsAsync() => RowsAsync<AlertReported>();

    private protected async Task<IReadOnlyList<T>> RowsAsync<T>()
        where T : class, IMessage
    {
        await using var connection = TestEngine.Open(Stored.Store.Folder);
        await using var command = connection.CreateCommand();
        command.CommandText = "select body from messages where kind = '" + T.Kind + "' order by id";
        await using var reader = await command.ExecuteReaderAsync(Token);
        var rows = new List<T>();
        while (await reader.ReadAsync(Token))
            rows.Add(System.Text.Json.JsonSerializer.Deserialize<T>(reader.GetString(0), OpsBot.Contracts.OpsBotJson.Options)!);
        return rows;
    }
}
