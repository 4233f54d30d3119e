using System.Globalization;
using OpsBot.Actions.Execution.Supervision;
using OpsBot.Contracts.Actions;

namespace OpsBot.Actions.Execution;

/// <summary>One thing to be said of a run; the same name is said once.</summary>
internal sealed record RunWord(string Name, string Text);

/// <summary>What a long command gives to say, while it works and at its end. Pure; what the command printed is shown as it is, and redacted by whoever posts it.</summary>
internal static class LongRunNews
{
    private const int MostTimes = 5;
    private const int MostLines = 8;
    private static readonly TimeSpan Between = TimeSpan.FromMinutes(1);

    /// <summary>The first word: where it is, and how a person looks at it.</summary>
    public static RunWord Begun(ActionRun run, bool canAttach) => new(
        "begun",
        canAttach
            ? $"{run.Name} is at work on {run.Host}. Look at its terminal there: opsbot actions attach {run.Name}"
            : $"{run.Name} is at work on {run.Host}, and nobody can attach to it: tmux is not installed there, or the data folder's path is too long for it. Its output is on the card.");

    /// <summary>What is new since the last word.</summary>
    /// <param name="isSupervised">Its supervisor lives, so that silence is the command's.</param>
    public static (ToldOfRun Told, RunWord? Word) While(ActionRun run, RunJournal journal, LinesRecord lines, bool isSupervised, DateTimeOffset now)
    {
        var told = journal.Told;
        if (lines.Fitting > told.Fitting && told.Times < MostTimes && (told.At is not { } at || now - at >= Between))
        {
            // those between the first and the last that were kept are counted, not shown
            var unseen = lines.First.Skip((int)Math.Min(told.Fitting, lines.First.Count))
                .Concat(lines.Last.TakeLast((int)Math.Min(lines.Last.Count, lines.Fitting - told.Fitting))).Select(line => line.Text).ToList();
            var more = lines.Fitting - told.Fitting - Math.Min(unseen.Count, MostLines);
            var last = told.Times + 1 == MostTimes ? "\nFurther ones are told of at its end." : "";
            return (
                told with { Fitting = lines.Fitting, Times = told.Times + 1, At = now },
                new RunWord(
                    string.Create(CultureInfo.InvariantCulture, $"lines-{lines.Fitting}"),
                    $"{run.Name} printed after {Length(run, now)}:\n{Quoted(Shown(unseen))}{(more > 0 ? FormattableString.Invariant($"\nand {more} more like these") : "")}{last}"));
        }

        if (isSupervised && journal.Long?.Silence is { } limit && now - lines.LastAt >= limit && told.SilentSince != lines.LastAt && told.Silences < MostTimes)
        {
            return (
                told with { SilentSince = lines.LastAt, Silences = told.Silences + 1 },
                new RunWord(
                    string.Create(CultureInfo.InvariantCulture, $"silent-{lines.LastAt.ToUnixTimeMilliseconds()}"),
                    $"{run.Name} is at work and has printed nothing for {Length(now - lines.LastAt)}{(lines.End.Count > 0 ? $"; last:\n{Quoted(lines.End.TakeLast(2))}" : ".")}"));
        }

        return (told, null);
    }

    /// <summary>How it ended, with the lines that tell most: those that fit, and the last ones.</summary>
    public static RunWord Ended(ActionRun run, ExitRecord? exit, LinesRecord? lines, DateTimeOffset now)
    {
        var how = exit switch
        {
            null => "nobody saw how it ended",
            { TimedOut: true } => "it was ended at its time limit",
            { Signal: { } signal } => FormattableString.Invariant($"it was ended by signal {signal}"),
            { ExitCode: { } code } => FormattableString.Invariant($"it ended with exit status {code}"),
            _ => "it was never started",
        };
        var text = $"{run.Name}: {how} after {Length(run, exit?.At ?? now)}.";
        if (lines is { Lines: > 0 })
        {
            var fitting = lines.First.Concat(lines.Last).Select(line => line.Text).ToList();
            var shown = Shown(fitting);
            text += shown.Count == 0 ? "" : FormattableString.Invariant($"\n{lines.Fitting} of its {lines.Lines} lines fit what it is watched for:\n{Quoted(shown)}");
            var end = lines.End.TakeLast(3).Where(line => !shown.Contains(line)).ToList();
            text += end.Count == 0 ? "" : $"\nIts last lines:\n{Quoted(end)}";
        }

        return new RunWord("ended", text);
    }

    private static List<string> Shown(List<string> lines) => lines.Count <= MostLines ? lines : [.. lines.Take(MostLines / 2), "…", .. lines.TakeLast(MostLines / 2)];

    private static string Quoted(IEnumerable<string> lines) => string.Join('\n', lines.Select(line => $"  {line}"));

    private static string Length(ActionRun run, DateTimeOffset now) => run.StartedAt is { } at ? Length(now - at) : "an unknown time";

    private static string Length(TimeSpan time) => time switch
    {
        { TotalSeconds: < 120 } => FormattableString.Invariant($"{Math.Max(0, time.TotalSeconds):0} s"),
        { TotalMinutes: < 120 } => FormattableString.Invariant($"{time.TotalMinutes:0} min"),
        _ => FormattableString.Invariant($"{(int)time.TotalHours} h {time.Minutes} min"),
    };
}
