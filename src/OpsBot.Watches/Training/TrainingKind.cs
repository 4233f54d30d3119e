using System.Text.Json;
using OpsBot.Contracts;
using OpsBot.Contracts.Events;
using OpsBot.Contracts.Ports;
using OpsBot.Contracts.Training;
using OpsBot.Contracts.Watches;
using OpsBot.Signals.Curves;
using OpsBot.Storage.Messages;
using OpsBot.Storage.Watches;
using OpsBot.Watches.Ticks;

namespace OpsBot.Watches.Training;

/// <summary>Watches the metrics of a training run, beside what its scheduler says of it and what became of earlier runs of the same job.</summary>
internal sealed class TrainingKind(ICurveSources sources, ITrainingJobs jobs) : IWatchKind
{
    public const string Name = "training";

    // More than a few say no more of what usually becomes of it.
    private const int EarlierRuns = 12;

    // A run that is watched from its middle is caught up with over some looks.
    private const int ReadingsAtOnce = 20, PointsAtOnce = 20_000;

    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(30);

    public string Kind => Name;

    public string Lane(Watch watch) => $"{Name}/{Read(watch).Declared}";

    public async Task<WatchObservation> ObserveAsync(Watch watch, CancellationToken cancellationToken)
    {
        var spec = Read(watch);
        var seen = await LookAsync(watch, spec, cancellationToken);
        if (spec.Id is not { } id || await jobs.FindAsync(id, cancellationToken) is not { } job)
            return seen;
        var earlier = seen.Points.Count > 0 && spec.Goal is { Metric: { } metric, Target: not null, BudgetSteps: not null }
            ? await jobs.EarlierAsync(job, metric, EarlierRuns, cancellationToken)
            : [];
        // What waits in the queue has not begun to write, and nobody is blind for it.
        if (seen.IsAbsent && job.Status == TrainingJobStatus.Queued)
            seen = seen with { Saw = true, Note = null };
        return seen with { Job = job, Earlier = [.. earlier.Where(run => run.Curve is not null).Select(run => new EarlierRun(run.Key, run.Curve!.Steps, run.Curve.Values))] };
    }

    private async Task<RunObservation> LookAsync(Watch watch, TrainingSpec spec, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Longest);
        var (points, lines, cursor, notes) = (new List<CurvePoint>(), new List<string>(), watch.Cursor, new List<string>());
        var isAll = false;
        try
        {
            var source = sources.Open(spec.Declared, spec.Words);
            for (var i = 0; i < ReadingsAtOnce && points.Count < PointsAtOnce && !isAll; i++)
            {
                var reading = await source.ReadAsync(cursor, limit.Token);
                if (reading.Note is { Length: > 0 } note && !notes.Contains(note))
                    notes.Add(note);
                if (reading.State is CurveReadingState.Absent or CurveReadingState.Failed)
                {
                    return new RunObservation(
                        points.Count > 0, reading.Note ?? (reading.State == CurveReadingState.Absent ? "the run's metrics are not there" : "the run's metrics could not be read"),
                        cursor, points, lines, IsAll: false) { IsAbsent = reading.State == CurveReadingState.Absent };
                }

                points.AddRange(reading.Points);
                lines.AddRange(reading.Lines);
                cursor = reading.Cursor ?? cursor;
                isAll = !reading.More;
            }
        }
        catch (FormatException problem)
        {
            return new RunObservation(false, problem.Message, null, [], [], IsAll: false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // What was read is taken, and the next look goes on from there: one that begins anew each time would never come to an end.
            if (points.Count == 0 && lines.Count == 0)
                return new RunObservation(false, $"the run's metrics were not read within {Longest.TotalSeconds:0} s", cursor, [], [], IsAll: false);
        }

        if (!isAll)
            notes.Add(FormattableString.Invariant($"{points.Count} points were read and there are more; the next look goes on"));
        // Nothing new of a run that is there is for the judge to make something of, and no blindness.
        return new RunObservation(true, notes.Count > 0 ? string.Join("; ", notes.Take(3)) : null, cursor, points, lines, isAll);
    }

    public WatchJudgement Judge(Watch watch, WatchObservation observation, DateTimeOffset now)
    {
        var state = watch.State is { } kept ? JsonSerializer.Deserialize<TrainingState>(kept, OpsBotJson.Options)! : TrainingState.Begin;
        return TrainingJudge.Judge(watch, Read(watch), state, observation as RunObservation ?? RunObservation.Blind, now);
    }

    /// <summary>What later runs of the job are compared with. A watch that a person stopped saw no end, and is not asked.</summary>
    public Task EndedAsync(Watch watch, long? incident, EffectScope scope) => Read(watch) is { Id: { } id } spec && watch.Verdict is { } verdict
        ? TrainingJobTable.EndedAsync(scope.Transaction, id, watch.Id, incident, verdict, verdict.Outcome == WatchOutcome.Unknown ? null : Curve(watch, spec))
        : Task.CompletedTask;

    private static TrainingCurve? Curve(Watch watch, TrainingSpec spec)
    {
        var judge = new CurveJudge(spec.Goal.ToCurveGoal());
        if (spec.Goal.Metric is not { } metric || watch.State is not { } kept
            || JsonSerializer.Deserialize<TrainingState>(kept, OpsBotJson.Options) is not { Judge: { } state } || !judge.Restore(state)
            || judge.AsEarlierRun("") is not { Steps.Count: > 0 } run)
        {
            return null;
        }

        var values = run.Values.ToList();
        return new TrainingCurve(metric, run.Steps, values).Thinned(values.IndexOf(spec.Goal.Op == "<=" ? values.Min() : values.Max()));
    }

    private static TrainingSpec Read(Watch watch) => JsonSerializer.Deserialize<TrainingSpec>(watch.Spec, OpsBotJson.Options)!;
}
