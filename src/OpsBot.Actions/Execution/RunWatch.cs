using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OpsBot.Contracts.Actions;
using OpsBot.Contracts.Ports;
using OpsBot.Storage.Actions;
using OpsBot.Storage.Messages;

namespace OpsBot.Actions.Execution;

/// <summary>Finds runs that nobody drives any more, so that no target stays locked without a person being asked.</summary>
public sealed partial class RunWatch : BackgroundService
{
    private const int MostTimes = 3;

    private static readonly TimeSpan Every = TimeSpan.FromSeconds(5);

    /// <summary>How long a run's row may lie untouched before its host counts as gone.</summary>
    internal static readonly TimeSpan HostPatience = TimeSpan.FromMinutes(1);

    private readonly Outbox _outbox;
    private readonly IActionReader _reader;
    private readonly RunBook _book;
    private readonly WorkerIdentity _worker;
    private readonly TimeProvider _clock;
    private readonly ILogger _log;

    internal RunWatch(Outbox outbox, IActionReader reader, RunBook book, WorkerIdentity worker, TimeProvider clock, ILogger<RunWatch> log) =>
        (_outbox, _reader, _book, _worker, _clock, _log) = (outbox, reader, book, worker, clock, log);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var failed = false;
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await LookAsync(stoppingToken);
                failed = false;
                await Task.Delay(Every, _clock, stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception failure)
            {
                if (!failed)
                {
                    // the store is away: said once
                    failed = true;
                    LogFailed(failure);
                }

                await Task.Delay(Every, _clock, CancellationToken.None);
            }
        }
    }

    internal async Task LookAsync(CancellationToken cancellationToken)
    {
        var (stranded, left) = await _outbox.CommitAsync(
            async scope => (await RunTable.StrandedAsync(scope.Transaction), await RunTable.LeftByHostAsync(scope.Transaction, _worker.Host, scope.Now - HostPatience)),
            cancellationToken);
        foreach (var run in stranded)
        {
            await GiveUpAsync(run.Run, cancellationToken);
        }

        foreach (var run in left)
        {
            await NameHostAsync(run.Run, cancellationToken);
        }
    }

    private async Task GiveUpAsync(ActionRun seen, CancellationToken cancellationToken)
    {
        if (await _reader.FindProposalAsync(seen.ProposalId, seen.Version, cancellationToken) is not { Proposal: { } proposal })
        {
            return;
        }

        await _outbox.CommitAsync(
            async scope =>
            {
                if (!(await RunTable.StrandedAsync(scope.Transaction)).Any(each => each.Run.Id == seen.Id) || await RunTable.FindAsync(scope.Transaction, seen.Id) is not { } stored)
                {
                    return false;
                }

                var work = new RunWork(stored.Run, RunJournal.Read(stored.Journal), proposal);
                if (work.Run.Status is RunStatus.Intended or RunStatus.Exited or RunStatus.Undoing && work.Journal.TakenUpAgain < MostTimes)
                {
                    // Something may be at work. Who follows it to its end knows more than whoever gives up.
                    await _book.SaveAsync(scope, work, work with { Journal = work.Journal with { TakenUpAgain = work.Journal.TakenUpAgain + 1 } });
                    RunBook.Drive(scope, work.Run);
                    return true;
                }

                await _book.EndAsync(scope, work, await OverAsync(scope, work));
                return true;
            },
            cancellationToken);
        LogStranded(seen.Name, seen.Status);
    }

    private static async Task<RunWork> OverAsync(EffectScope scope, RunWork work)
    {
        const string why = "Its message was given up; 'opsbot messages dead' says why.";
        var run = work.Run;
        switch (run.Status)
        {
            case RunStatus.Waiting or RunStatus.Checking:
                return work with { Run = run with { Status = RunStatus.Refused, Reason = why, HoldsTarget = false } };
            case RunStatus.Intended or RunStatus.Exited or RunStatus.Undoing:
                return work with
                {
                    Run = run with { Status = RunStatus.Unknown, Reason = $"{why} What it had started may still be at work." },
                    // Nobody undoes it any more, so that a person can settle it; a new undo goes on with the one that was intended.
                    Journal = work.Journal with { UndoBecause = null },
                };
            default:
                var reason = $"{work.Journal.UndoBecause} It was not undone: {char.ToLowerInvariant(why[0])}{why[1..]}";
                return work with
                {
                    Run = (await TargetTaking.LockedAsync(scope, run)) with { Status = RunStatus.Failed, Reason = reason },
                    Journal = work.Journal with { UndoBecause = null },
                };
        }
    }

    private Task NameHostAsync(ActionRun seen, CancellationToken cancellationToken) => _outbox.CommitAsync(
        async scope =>
        {
            var reason = $"It waits for the machine '{seen.Host}', where it was started; no other may touch it. Should that machine not come back, look at {seen.Target} and say it with: opsbot actions settle {seen.Name} --done or --not-done";
            if (await RunTable.FindAsync(scope.Transaction, seen.Id) is { } stored && stored.Run.Reason != reason && !stored.Run.IsOver
                && await _reader.FindProposalAsync(seen.ProposalId, seen.Version, cancellationToken) is { Proposal: { } proposal })
            {
                var work = new RunWork(stored.Run, RunJournal.Read(stored.Journal), proposal);
                await _book.SaveAsync(scope, work, work with { Run = stored.Run with { Reason = reason } });
            }

            return true;
        },
        cancellationToken);

    [LoggerMessage(4401, LogLevel.Error, "{Run} was {Status} and nobody drove it any more; it is taken up again, or a person is asked.")]
    private partial void LogStranded(string run, RunStatus status);

    [LoggerMessage(4402, LogLevel.Warning, "Runs could not be looked over; tried again soon.")]
    private partial void LogFailed(Exception failure);
}
