using OpsBot.Contracts.Diagnoses;
using OpsBot.Evidence;
using OpsBot.Signals.LogTemplates;
using OpsBot.Signals.RootCause;

namespace OpsBot.Diagnosis.Triage;

/// <summary>Log templates that are new, that exploded, or that no longer follow what they used to follow.</summary>
internal static class LogFindings
{
    private const double LeastClarity = 2;
    private const double LeastHabitClarity = 3;
    private const double Weakest = 0.35;

    /// <summary>A line that was there in good times tells less.</summary>
    private const double KnownBefore = 0.6;

    public static IReadOnlyList<Finding> Find(TriageCase triage, long onsetMs) =>
    [
        .. triage.Seen.Logs.SelectMany(digest => TemplateShifts.Find(digest, onsetMs))
            .Where(shift => shift.Clarity >= LeastClarity && shift.Count.Service is not null)
            .Select(shift => More(shift, onsetMs)).Where(Matters),
        .. triage.Seen.Logs.SelectMany(digest => BrokenHabits.Find(digest, triage.OperationsOf(digest), onsetMs))
            .Where(habit => habit.Clarity >= LeastHabitClarity && habit.Missing.Service is not null)
            .Select(habit => Broken(habit, onsetMs)).Where(Matters),
        .. triage.Seen.Patterns.Where(pattern => pattern.Service is not null && pattern.DeltaVsBaseline > 0).Select(pattern => Counted(pattern, onsetMs)).Where(Matters),
    ];

    private static bool Matters(Finding finding) => finding.Score >= Weakest;

    private static Finding More(TemplateShift shift, long onsetMs)
    {
        var count = shift.Count;
        var text = shift.New
            ? $"new log template of {count.Instance ?? count.Service} since {Wording.Clock(onsetMs)}, {shift.During} lines: {count.Template}"
            : $"log template of {count.Instance ?? count.Service} has {shift.During} lines since {Wording.Clock(onsetMs)} where {Wording.Number(shift.Expected)} were to be expected: {count.Template}";
        var known = shift.New ? 1 : KnownBefore;
        return Make(count, known * Severity.Of(count.Level, count.Template) * Math.Log(1 + shift.Clarity), AnomalyRole.Log, CauseKind.Errors, onsetMs, text);
    }

    private static Finding Broken(BrokenHabit habit, long onsetMs)
    {
        var text = $"a log line of {habit.Missing.Instance ?? habit.Missing.Service} followed {Wording.Percent(habit.BeforeShare)} of “{habit.Partner.Template}” before and "
            + $"{Wording.Percent(habit.DuringShare)} of {habit.During} since {Wording.Clock(onsetMs)}: {habit.Missing.Template}";
        return Make(
            habit.Missing, Math.Log(1 + habit.Clarity) * (habit.BeforeShare - habit.DuringShare), AnomalyRole.Behaviour, CauseKind.Code, onsetMs, text);
    }

    private static Finding Make(TemplateCount count, double score, AnomalyRole role, CauseKind kind, long onsetMs, string text) => new(
        count.Service, count.Instance, null, kind, role, count.Template, score, onsetMs, text,
        new Exhibit(EvidenceSourceKind.Logs, count.Query, onsetMs, $"{text}\n{string.Join('\n', count.Samples)}", TrustLabel.Untrusted))
    {
        Repeats = count.Samples switch
        {
            [var first, var last] => [string.Join(' ', first.Split(' ').Intersect(last.Split(' '), StringComparer.Ordinal))],
            [var always] when count.Total > 1 => [always],
            _ => [],
        },
    };

    private static Finding Counted(LogPattern pattern, long onsetMs)
    {
        var delta = pattern.DeltaVsBaseline ?? 0;
        var text = $"log cluster of {pattern.Service}: {Wording.Number(pattern.Count)} lines, {Wording.Number(delta)} more than in the baseline: {pattern.Signature}";
        var expected = Math.Max(0, pattern.Count - delta);
        var clarity = delta / Math.Sqrt(expected + 1);
        return new Finding(
            pattern.Service, null, null, CauseKind.Errors, AnomalyRole.Log, pattern.Signature,
            Severity.Of(null, pattern.Signature) * Math.Log(1 + clarity), onsetMs, text,
            new Exhibit(EvidenceSourceKind.Logs, pattern.Query, null, text, TrustLabel.Untrusted))
        {
            Repeats = [pattern.Signature],
        };
    }
}
