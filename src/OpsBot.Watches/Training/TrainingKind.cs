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
    private const int ReadingsAtOnce = 20;

    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(30);

    public string Kind => Name;

    public async Task<WatchObservation> ObserveAsync(Watch watch, CancellationToken cancellationToken)
    {
        var spec = Read(watch);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Longest);
        try
        {
            var source = sources.Open(spec.Declared, spec.Words);
            var (points, lines, cursor, notes) = (new List<CurvePoint>(), new List<string>(), watch.Cursor, new List<string>());
            for (var i = 0; i < ReadingsAtOnce; i++)
            {
                var reading = await source.ReadAsync(cursor, limit.Token);
                if (reading.Note is { Length: > 0 } note && !notes.Contains(note))
                    notes.Add(note);
                if (reading.State is CurveReadingState.Absent or CurveReadingState.Failed)
                {
                    return new RunObservation(
                        points.Count > 0, reading.Note ?? (reading.State == CurveReadingState.Absent ? "the run's metrics are not there" : "the run's metrics could not be read"),
                        cursor, points, lines);
                }

                points.AddRange(reading.Points);
                lines.AddRange(reading.Lines);
                cursor = reading.Cursor ?? cursor;
                if (!reading.More)
                    break;
            }

            // Nothing new of a run that is there is for the judge to make something of, and no blindness.
            return new RunObservation(true, notes.Count > 0 ? string.Join("; ", notes.Take(3)) : null, cursor, points, lines);
        }
        catch (FormatException problem)
        {
            return new RunObservation(false, problem.Message, null, [], []);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new RunObservation(false, $"the run's metrics were not read within {Longest.TotalSeconds:0} s", null, [], []);
        }
    }

    public WatchJudgement Judge(Watch watch, WatchObservation observation, DateTimeOffset now)
    {
        var state = watch.State is { } kept ? JsonSerializer.Deserialize<TrainingState>(kept, OpsBotJson.Options)! : TrainingState.Begin;
        var run = observation as RunObservation;
        return TrainingJudge.Judge(watch, Read(watch), state, run?.Points ?? [], run?.Lines ?? [], observation.Saw, now);
    }

    private static TrainingSpec Read(Watch watch) => JsonSerializer.Deserialize<TrainingSpec>(watch.Spec, OpsBotJson.Options)!;

    private sealed record RunObservation(bool Saw, string? Note, string? Cursor, IReadOnlyList<CurvePoint> Points, IReadOnlyList<string> Lines)
        : WatchObservation(Saw, Note, Cursor);
}
