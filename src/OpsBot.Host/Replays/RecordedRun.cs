using System.Text.Json;
using OpsBot.Contracts.Training;
using OpsBot.Host.Cli;
using OpsBot.Signals.Curves;
using OpsBot.Signals.TrainingLogs;

namespace OpsBot.Host.Replays;

/// <summary>
/// A training run in a folder: <c>curve.csv</c> (<c>step,time,metric…</c>) with <c>watch.json</c>
/// (<c>{"metric","goal":"min|max","target","budgetSteps"}</c>), or the job's <c>log.txt</c>.
/// </summary>
internal sealed record RecordedRun(CurveGoal Goal, IReadOnlyList<CurvePoint> Points, IReadOnlyList<string> Lines)
{
    private const long MostBytes = 512L * 1024 * 1024;

    /// <summary>Judgements in the order of the run, each with the fault that a line of the log tells of.</summary>
    public IEnumerable<(CurveJudgement Judgement, TrainingFault? Fault)> Judge() => Lines.Count > 0
        ? CurveReplay.OfLog(Lines, Goal)
        : CurveReplay.OfPoints(Points, Goal).Select(judgement => (judgement, (TrainingFault?)null));

    /// <exception cref="UnusableInputException">The folder holds no run, or one that cannot be read.</exception>
    public static RecordedRun Open(string folder)
    {
        if (!Directory.Exists(folder))
        {
            throw new UnusableInputException($"There is no folder '{folder}'. Name one that holds curve.csv and watch.json, or log.txt.");
        }

        var (curve, watch, log) = (Path.Combine(folder, "curve.csv"), Path.Combine(folder, "watch.json"), Path.Combine(folder, "log.txt"));
        if (File.Exists(curve))
        {
            if (!File.Exists(watch))
            {
                throw new UnusableInputException($"'{folder}' holds curve.csv and no watch.json; write {{\"metric\":\"loss\",\"goal\":\"min\",\"target\":1.5,\"budgetSteps\":10000}} there.");
            }

            var goal = GoalOf(watch);
            try
            {
                // rows of a file may have been written by several writers; the order of steps is what happened
                return new RecordedRun(goal, [.. CurveCsv.Read(File.ReadLines(Checked(curve))).OrderBy(point => point.Step)], []);
            }
            catch (FormatException problem)
            {
                throw new UnusableInputException($"{curve}: {problem.Message}");
            }
        }

        return File.Exists(log)
            ? new RecordedRun(File.Exists(watch) ? GoalOf(watch) : CurveGoal.None, [], File.ReadAllLines(Checked(log)))
            : throw new UnusableInputException($"'{folder}' holds neither curve.csv nor log.txt.");
    }

    private static string Checked(string file)
    {
        var bytes = new FileInfo(file).Length;
        return bytes <= MostBytes ? file : throw new UnusableInputException($"{file} has {bytes} bytes; {MostBytes} are read at most. Cut it to the part that matters.");
    }

    private static CurveGoal GoalOf(string file)
    {
        try
        {
            using var document = JsonDocument.Parse(File.ReadAllBytes(Checked(file)));
            var root = document.RootElement;
            var goal = root.TryGetProperty("goal", out var direction) ? direction.GetString() : "min";
            return new CurveGoal(
                root.GetProperty("metric").GetString() ?? throw new UnusableInputException($"{file}: the metric is null."),
                goal switch
                {
                    "min" => GoalDirection.Min,
                    "max" => GoalDirection.Max,
                    _ => throw new UnusableInputException($"{file}: goal '{goal}' is neither 'min' nor 'max'."),
                },
                root.TryGetProperty("target", out var target) && target.ValueKind != JsonValueKind.Null ? target.GetDouble() : null,
                root.TryGetProperty("budgetSteps", out var budget) && budget.ValueKind != JsonValueKind.Null ? Positive(file, budget.GetInt64()) : null);
        }
        catch (Exception problem) when (problem is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            throw new UnusableInputException($"{file} is not {{\"metric\",\"goal\":\"min|max\",\"target\",\"budgetSteps\"}}: {problem.Message}");
        }
    }

    private static long Positive(string file, long budget) =>
        budget > 0 ? budget : throw new UnusableInputException($"{file}: budgetSteps is {budget}; it must be 1 or more.");
}
