using OpsBot.Contracts.Diagnoses;
using OpsBot.Signals.RootCause;
using OpsBot.Signals.Traces;

namespace OpsBot.Diagnosis.Triage;

/// <summary>What traces show: own time, time between services, calls that are missing, failures and where they begin.</summary>
internal static class TraceFindings
{
    private const double LeastClarity = 3;
    private const double Weakest = 0.35;
    private const string Query = "spans before and after the onset";

    public static IReadOnlyList<Finding> Find(TriageCase triage, long onsetMs)
    {
        if (triage.Seen.Spans.Count == 0)
        {
            return [];
        }

        var forest = triage.Forest;
        var periods = new TracePeriods(triage.Baseline, triage.Window.From.ToUnixTimeMilliseconds(), onsetMs, triage.Window.To.ToUnixTimeMilliseconds());
        var slower = SelfTimeShifts.Find(forest, periods).Where(shift => shift.Clarity >= LeastClarity).ToList();
        return
        [
            .. slower.Where(shift => shift.Peer is null).Select(shift => OwnTime(shift, onsetMs)).Where(Matters),
            .. LinkFindings.Find(slower, onsetMs).Where(Matters),
            .. CallPatternShifts.Find(forest, periods).Where(shift => shift.Clarity >= LeastClarity).Select(shift => Behaviour(shift, onsetMs)).Where(Matters),
            .. ErrorOrigins.Find(forest, periods).Select(origin => Error(origin, onsetMs)).Where(Matters),
        ];
    }

    private static bool Matters(Finding finding) => finding.Score >= Weakest;

    /// <summary>A large share of the extra time says most, but a small service may hold the fault too.</summary>
    public static double Score(double clarity, double share) => Math.Log(1 + clarity) * (0.2 + (0.8 * share));

    private static Finding OwnTime(SelfTimeShift shift, long onsetMs)
    {
        var text = $"own time of {shift.Operation} in {shift.Instance ?? shift.Service} rose from {Wording.Number(shift.BeforeMs)} ms to "
            + $"{Wording.Number(shift.DuringMs)} ms over {shift.Calls} spans from {Wording.Clock(onsetMs)}, {Wording.Percent(shift.Share)} of all extra time";
        return new Finding(
            shift.Service, shift.Instance, null, CauseKind.Latency, AnomalyRole.OwnTime, shift.Operation, Score(shift.Clarity, shift.Share), onsetMs,
            text, Exhibit(text, shift.ExampleTrace, onsetMs));
    }

    private static Finding Behaviour(CallPatternShift shift, long onsetMs)
    {
        var text = $"{shift.Operation} in {shift.Instance ?? shift.Service} called {shift.Child} in {Wording.Percent(shift.BeforeShare)} of its spans before and "
            + $"in {Wording.Percent(shift.DuringShare)} of {shift.Spans} since {Wording.Clock(onsetMs)}";
        var score = Math.Log(1 + shift.Clarity) * Math.Min(1, 1.5 * Math.Abs(shift.DuringShare - shift.BeforeShare));
        return new Finding(
            shift.Service, shift.Instance, null, CauseKind.Code, AnomalyRole.Behaviour, shift.Operation, score, onsetMs,
            text, Exhibit(text, shift.ExampleTrace, onsetMs));
    }

    private static Finding Error(ErrorOrigin origin, long onsetMs)
    {
        var text = $"{origin.Failures} failures began in {origin.Operation} of {origin.Instance ?? origin.Service} "
            + $"({Wording.Percent(origin.DuringShare)} of its spans, {Wording.Percent(origin.BeforeShare)} before), {Wording.Percent(origin.ShareOfAll)} of all failures"
            + (origin.Text is { } said ? $": {said}" : "");
        var score = Math.Log(1 + (3 * origin.Failures)) * origin.ShareOfAll * Math.Min(1, 2 * (origin.DuringShare - origin.BeforeShare));
        return new Finding(
            origin.Service, origin.Instance, null, CauseKind.Errors, AnomalyRole.ErrorOrigin, origin.Operation, score, onsetMs,
            text, Exhibit(text, origin.ExampleTrace, onsetMs));
    }

    public static Exhibit Exhibit(string text, string trace, long onsetMs) =>
        new(EvidenceSourceKind.Traces, trace.Length == 0 ? Query : $"{Query}; for example trace {trace}", onsetMs, text, TrustLabel.Untrusted);
}
