using System.Text.Json;
using OpsBot.Contracts;
using OpsBot.Contracts.Ports;
using OpsBot.Contracts.Training;
using OpsBot.Contracts.Watches;
using OpsBot.Watches.Ticks;

namespace OpsBot.Watches.Training;

/// <summary>Watches the metrics of a training run.</summary>
internal sealed class TrainingKind(ICurveSources sources) : IWatchKind
{
    public const string Name = "training";

    // A run that is watched from its middle is caught up with over some looks.
    private const int ReadingsAtOnce = 20, PointsAtOnce = 20_000;

    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(30);

    public string Kind => Name;

    public string Lane(Watch watch) => $"{Name}/{Read(watch).Declared}";

    public async Task<WatchObservation> ObserveAsync(Watch watch, CancellationToken cancellationToken)
    {
        var spec = Read(watch);
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
                        cursor, points, lines, IsAll: false);
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
        var run = observation as RunObservation;
        return TrainingJudge.Judge(watch, Read(watch), state, run?.Points ?? [], run?.Lines ?? [], run is { Saw: true, IsAll: true }, now);
    }

    private static TrainingSpec Read(Watch watch) => JsonSerializer.Deserialize<TrainingSpec>(watch.Spec, OpsBotJson.Options)!;

    /// <param name="IsAll">There is nothing further to read now.</param>
    private sealed record RunObservation(bool Saw, string? Note, string? Cursor, IReadOnlyList<CurvePoint> Points, IReadOnlyList<string> Lines, bool IsAll)
        : WatchObservation(Saw, Note, Cursor);
}
