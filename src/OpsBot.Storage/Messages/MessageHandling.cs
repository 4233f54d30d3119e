using System.Text.Json;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OpsBot.Contracts;
using OpsBot.Contracts.Messages;
using OpsBot.Contracts.Ports;
using OpsBot.Runtime.Redaction;
using OpsBot.Storage.Engine;

namespace OpsBot.Storage.Messages;

/// <summary>What a handler that works for long is told of its run.</summary>
/// <param name="Run">For the journal.</param>
/// <param name="CreatedAt">When the row was written.</param>
/// <param name="CancellationToken">Cancelled when the host stops or the lease is lost.</param>
public sealed record HandlingContext(JournalRun Run, DateTimeOffset CreatedAt, int Attempt, CancellationToken CancellationToken)
{
    internal Func<Effect, Task>? Step { get; init; }

    /// <summary>Commits a step in the middle of long work, with the rows that follow from it; the row itself stays in hand.</summary>
    /// <exception cref="LeaseLostException">Somebody else handles the row by now; nothing was committed.</exception>
    public Task CommitStepAsync(Effect step) => (Step ?? throw new InvalidOperationException("Only a handler commits steps."))(step);
}

/// <summary>
/// The one way a message is handled: take the lease, work, then commit effect, following rows and handled mark together.
/// A failure is written to the row; the copy on the bus is always acknowledged, because only the row counts.
/// </summary>
public sealed partial class MessageHandling(
    IStore store, WorkerIdentity worker, IOptions<MessageOptions> options, MessageSignal signal, IRedactor redactor, HoldPoints points,
    StoreClock clock, ILogger<MessageHandling> log)
{
    private static readonly TimeSpan BeforeNextTry = TimeSpan.FromSeconds(1);

    private readonly MessageOptions _options = options.Value;
    private readonly ILogger _log = log;

    private long Now => clock.GetUtcNow().ToUnixTimeMilliseconds();

    private long LeaseEnd => Now + (long)_options.Lease.TotalMilliseconds;

    /// <summary>Handles the row that a bus copy stands for. A stale copy does nothing.</summary>
    /// <param name="id">Id of the row.</param>
    /// <param name="token">Lease token that the pump gave the copy.</param>
    /// <param name="work">Works outside any transaction and returns the effect.</param>
    /// <param name="ahead">What the effect will look at first, if that can be told beforehand.</param>
    public async Task HandleAsync<T>(
        long id, long token, Func<T, HandlingContext, Task<Effect>> work, CancellationToken cancellationToken, Func<T, Ahead>? ahead = null)
        where T : IMessage
    {
        await points.ReachAsync("before-take", cancellationToken);
        if (await TakeAsync(id, token, cancellationToken) is not { } row)
        {
            return;
        }

        using var record = new HandlingRecord(row, clock);
        try
        {
            await points.ReachAsync("after-take", cancellationToken);
            var (effect, looksAt) = await WorkAsync(row, record, work, ahead, cancellationToken);
            await points.ReachAsync("before-commit", cancellationToken);
            var isBeat = await CommitAsync(row, record, effect, looksAt, cancellationToken);
            await points.ReachAsync("after-commit", cancellationToken);
            if (isBeat)
            {
                // Nothing became due, and the pump looks by itself: many timers that go on are found together, and not each with a look of its own.
                return;
            }
        }
        catch (Exception) when (cancellationToken.IsCancellationRequested)
        {
            // The host stops or the bus is gone, and whatever came of that is no failure of the message.
            record.GivenBack();
            await GiveBackAsync(row);
        }
        catch (LeaseLostException lost)
        {
            record.Lost(lost);
            LogLost(lost, id);
        }
        catch (Exception failure)
        {
            await FailAsync(row, record, failure, cancellationToken);
        }

        signal.Raise();
    }

    private async Task<LeasedMessage?> TakeAsync(long id, long token, CancellationToken cancellationToken)
    {
        try
        {
            var row = await store.MergeAsync(LeaseTaking.Merge, new Ticket(id, token, worker.Owner, Now, LeaseEnd), WriteLane.Leases, cancellationToken);
            if (row is null)
            {
                LogStale(id, token);
            }

            return row;
        }
        catch (Exception failure) when (!cancellationToken.IsCancellationRequested)
        {
            // Nobody would look at the row until its lease ran out. Whether it was taken and only the answer got lost is not known.
            if (await InsistAsync(
                async transaction => await MessageTable.PutBackAsync(transaction, id, token) || await MessageTable.GiveBackAsync(transaction, id, token + 1),
                cancellationToken))
            {
                LogNotTaken(id, failure.Message);
                signal.Raise();
            }

            return null;
        }
    }

    /// <summary>Writes what becomes of a row in our hands: while the store is away again and again, until the lease has run out by itself or the host stops.</summary>
    private async Task<T> InsistAsync<T>(Func<StoreTransaction, Task<T>> work, CancellationToken cancellationToken)
    {
        for (var until = LeaseEnd; ;)
        {
            try
            {
                // It happened, also when the host begins to stop meanwhile.
                return await store.WriteAsync(work, CancellationToken.None);
            }
            catch (Exception) when (Now < until && !cancellationToken.IsCancellationRequested)
            {
                await Task.Delay(BeforeNextTry, clock, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private async Task<(Effect Effect, Ahead? Ahead)> WorkAsync<T>(
        LeasedMessage row, HandlingRecord record, Func<T, HandlingContext, Task<Effect>> work, Func<T, Ahead>? ahead, CancellationToken cancellationToken)
        where T : IMessage
    {
        var message = JsonSerializer.Deserialize<T>(row.Body, OpsBotJson.Options)
            ?? throw new HandlingException(FailureCategory.Unreadable, $"The body of message {row.Id} is null.");
        using var renewal = new LeaseRenewal(
            ct => store.WriteAsync(tx => MessageTable.RenewAsync(tx, row.Id, row.LeaseToken, LeaseEnd), ct, WriteLane.Leases),
            _options.Lease / 3, clock, cancellationToken);
        var context = new HandlingContext(
            new JournalRun(row.Id, row.LeaseToken), DateTimeOffset.FromUnixTimeMilliseconds(row.CreatedAt), (int)row.Attempts,
            renewal.Held)
        {
            Step = step => StepAsync(row, record, step, renewal.Held),
        };
        try
        {
            return (await work(message, context), ahead?.Invoke(message));
        }
        catch (OperationCanceledException) when (renewal.Held.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new LeaseLostException(row.Id, row.LeaseToken);
        }
    }

    private async Task StepAsync(LeasedMessage row, HandlingRecord record, Effect step, CancellationToken cancellationToken)
    {
        var hints = await store.WriteAsync(
            async transaction =>
            {
                if (!await MessageTable.RenewAsync(transaction, row.Id, row.LeaseToken, LeaseEnd))
                {
                    throw new LeaseLostException(row.Id, row.LeaseToken);
                }

                return (await ApplyAsync(transaction, row, record, step)).Committed;
            },
            cancellationToken);
        hints.ForEach(hint => hint());
        signal.Raise();
    }

    private async Task<EffectScope> ApplyAsync(StoreTransaction transaction, LeasedMessage row, HandlingRecord record, Effect effect)
    {
        var scope = new EffectScope(transaction, clock.GetUtcNow(), record.Trace);
        await effect(scope);
        record.Applied(scope);
        if (scope.StaysOnHost)
        {
            await MessageTable.BindAsync(transaction, row.Id, worker.Host);
        }

        if (scope.DueAgainAt is { } again)
        {
            await MessageTable.AgainAsync(transaction, row.Id, again.ToUnixTimeMilliseconds());
        }
        else if (scope.PostponedFor is { } delay)
        {
            var due = Now + (long)delay.TotalMilliseconds;
            await (scope.HeldBecause is { } reason
                ? MessageTable.HoldAsync(transaction, row.Id, due, redactor.Redact(reason))
                : MessageTable.PostponeAsync(transaction, row.Id, due));
        }

        await MessageTable.InsertAsync(transaction, scope.Following, deliveryKey: null, Now);
        return scope;
    }

    /// <returns>True where the row is only due again later and nothing follows from it.</returns>
    private async Task<bool> CommitAsync(LeasedMessage row, HandlingRecord record, Effect effect, Ahead? ahead, CancellationToken cancellationToken)
    {
        var (hints, isBeat) = await store.WriteAsync(
            async transaction =>
            {
                await MessageTable.MarkHandledAsync(transaction, row.Id, row.LeaseToken, Now);
                var scope = await ApplyAsync(transaction, row, record, effect);
                return (scope.Committed, scope is { DueAgainAt: not null, Following.Count: 0 });
            },
            cancellationToken,
            ahead: ahead);
        record.Committed();
        hints.ForEach(hint => hint());
        return isBeat;
    }

    private async Task GiveBackAsync(LeasedMessage row)
    {
        if (await store.WriteAsync(transaction => MessageTable.GiveBackAsync(transaction, row.Id, row.LeaseToken), CancellationToken.None))
        {
            LogGivenBack(row.Id, row.Kind);
        }
    }

    private async Task FailAsync(LeasedMessage row, HandlingRecord record, Exception failure, CancellationToken cancellationToken)
    {
        // An earlier abandonment is not a failure of the message.
        var failures = (int)(row.Attempts - row.Abandoned);
        var decision = FailureDecision.Of(failure, failures, Random.Shared.NextDouble(), _options);
        record.Failed(failure, decision);
        var reason = redactor.Redact(decision.Reason);
        if (decision.DelayMs is null)
        {
            LogDead(row.Id, row.Kind, reason);
        }
        else
        {
            LogFailed(row.Id, row.Kind, failures, decision.DelayMs.Value, reason);
        }

        await InsistAsync(
            async transaction =>
            {
                var isOurs = await MessageTable.MarkFailedAsync(transaction, row.Id, row.LeaseToken, Now, decision.DelayMs, reason);
                if (isOurs && decision.DelayMs is null)
                {
                    await DeadNotice.WriteAsync(transaction, row.Stream, Now);
                }

                return isOurs;
            },
            cancellationToken);
    }

    [LoggerMessage(1201, LogLevel.Debug, "Message {Id} with token {Token} is stale: somebody else has it, or it is handled.")]
    private partial void LogStale(long id, long token);

    [LoggerMessage(1206, LogLevel.Warning, "Message {Id} could not be taken and is put back: {Reason}")]
    private partial void LogNotTaken(long id, string reason);

    [LoggerMessage(1202, LogLevel.Warning, "Lost the lease on message {Id}; nothing was committed.")]
    private partial void LogLost(Exception failure, long id);

    [LoggerMessage(1203, LogLevel.Error, "Message {Id} ({Kind}) is dead: {Reason}. See 'opsbot messages dead'; 'opsbot messages retry {Id}' brings it back.")]
    private partial void LogDead(long id, string kind, string reason);

    [LoggerMessage(1204, LogLevel.Warning, "Message {Id} ({Kind}) failed for the {Attempt}. time; next try in {DelayMs} ms: {Reason}")]
    private partial void LogFailed(long id, string kind, int attempt, long delayMs, string reason);

    [LoggerMessage(1205, LogLevel.Debug, "Message {Id} ({Kind}) is given back: the host stops or its bus is gone, and the work on it begins again.")]
    private partial void LogGivenBack(long id, string kind);
}
