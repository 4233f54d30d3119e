using Microsoft.Extensions.Logging;
using OpsBot.Contracts.Messages;
using OpsBot.Contracts.Ports;
using OpsBot.Contracts.Watches;
using OpsBot.Runtime.Limits;
using OpsBot.Runtime.Redaction;
using OpsBot.Storage.Engine;
using OpsBot.Storage.Messages;
using OpsBot.Storage.Watches;

namespace OpsBot.Watches.Ticks;

/// <summary>
/// Does a tick: looks and judges outside of any transaction, which a long curve would hold up; then the watch's row, what it found, what is to be said and the next
/// timer change together, in the transaction of the timer's row. Whoever was overtaken meanwhile changes nothing.
/// </summary>
public sealed partial class Ticker(IWatchReader watches, IEnumerable<IWatchKind> kinds, ILiveUpdates live, IRedactor redactor, StoreClock clock, ILogger<Ticker> log)
{
    /// <summary>Ticks that are done at once.</summary>
    public const int AtOnce = 64;

    private static readonly TimeSpan NoTurn = TimeSpan.FromSeconds(1);

    // One server that answers slowly must not have all of them waiting for it.
    private readonly FairShare _turns = new(AtOnce);

    private readonly Dictionary<string, IWatchKind> _kinds = kinds.ToDictionary(kind => kind.Kind, StringComparer.Ordinal);
    private readonly ILogger _log = log;

    public async Task<Effect> TickAsync(WatchTick tick, CancellationToken cancellationToken)
    {
        if (await watches.FindAsync(tick.WatchId, cancellationToken) is not { Status: not WatchStatus.Ended } watch || watch.Generation != tick.Generation)
            return _ => Task.CompletedTask;
        if (watch.Status == WatchStatus.Paused)
        {
            return clock.GetUtcNow() < watch.Deadline
                ? scope => Again(scope, watch.Deadline)
                : scope => KeepAsync(watch, Redacted(TickFlow.EndPaused(watch, clock.GetUtcNow())), scope);
        }

        var kind = _kinds.GetValueOrDefault(watch.Kind);
        var lane = kind?.Lane(watch) ?? watch.Kind;
        if (!_turns.TryTake(lane, 1))
        {
            return scope =>
            {
                scope.Postpone(NoTurn);
                return Task.CompletedTask;
            };
        }

        WatchObservation observation;
        try
        {
            observation = await LookAsync(watch, kind, cancellationToken);
        }
        finally
        {
            _turns.Return(lane, 1);
        }

        // By the clock of the store, as its timers are: those of hosts differ.
        var result = Redacted(TickFlow.Apply(watch, kind ?? UnknownKind.Of(watch.Kind), observation, clock.GetUtcNow()));
        return scope => KeepAsync(watch, result, scope);
    }

    private static Task Again(EffectScope scope, DateTimeOffset at)
    {
        scope.Again(at);
        return Task.CompletedTask;
    }

    private async Task<WatchObservation> LookAsync(Watch watch, IWatchKind? kind, CancellationToken cancellationToken)
    {
        if (kind is null)
            return new WatchObservation(false, $"this version of OpsBot does not know how to watch '{watch.Kind}'", null);
        try
        {
            var seen = await kind.ObserveAsync(watch, cancellationToken);
            return seen.Note is null ? seen : seen with { Note = TickFlow.Cut(redactor.Redact(seen.Note)) };
        }
        catch (Exception failure) when (!cancellationToken.IsCancellationRequested)
        {
            // A kind must not throw for what a source does; should it do so, the watch goes on, and says that it is blind.
            LogNotLooked(failure, watch.Id);
            return new WatchObservation(false, TickFlow.Cut(redactor.Redact($"looking failed: {failure.Message}")), null);
        }
    }

    private async Task KeepAsync(Watch watch, TickResult result, EffectScope scope)
    {
        var (after, said) = await WatchNews.TellAsync(watch, result, scope);
        if (!await WatchTable.SaveAsync(scope.Transaction, watch, after))
        {
            // Somebody was faster. Where the timer is still the watch's own, it looks again.
            if (await WatchTable.FindAsync(scope.Transaction, watch.Id) is { Status: not WatchStatus.Ended } other && other.Generation == watch.Generation)
                scope.Again(other.NextDueAt ?? scope.Now);
            return;
        }

        await WatchTable.AddFindingsAsync(scope.Transaction, watch.Id, result.Findings);
        said.ForEach(scope.Follow);
        if (after.Verdict is not null && _kinds.GetValueOrDefault(after.Kind) is { } kind)
            await kind.EndedAsync(after, after.AttachedTo ?? await WatchTable.IncidentAsync(scope.Transaction, after.Id), scope);
        if (after.NextDueAt is { } next)
            scope.Again(next);
        if (said.Count > 0 || result.Findings.Count > 0)
            scope.AfterCommit(() => live.IncidentChanged(watch.AttachedTo ?? 0));
    }

    private TickResult Redacted(TickResult result) => result with
    {
        Findings = [.. result.Findings.Select(finding => finding with { Text = redactor.Redact(finding.Text) })],
        Watch = result.Watch with
        {
            Reading = result.Watch.Reading with { Text = redactor.Redact(result.Watch.Reading.Text) },
            Problems = [.. result.Watch.Problems.Select(problem => problem with { Text = redactor.Redact(problem.Text) })],
            Verdict = result.Watch.Verdict is { } verdict ? verdict with { Text = redactor.Redact(verdict.Text) } : null,
        },
    };

    [LoggerMessage(3001, LogLevel.Warning, "WATCH-{Id} could not look.")]
    private partial void LogNotLooked(Exception failure, long id);

    /// <summary>A watch of a version that knows more; it is kept, and says that it is blind.</summary>
    private sealed class UnknownKind(string kind) : IWatchKind
    {
        public string Kind { get; } = kind;

        public static UnknownKind Of(string kind) => new(kind);

        public Task<WatchObservation> ObserveAsync(Watch watch, CancellationToken cancellationToken) => throw new NotSupportedException(Kind);

        public WatchJudgement Judge(Watch watch, WatchObservation observation, DateTimeOffset now) => new(watch.State, watch.Reading, [], [], null);
    }
}
