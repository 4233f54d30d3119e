using OpsBot.Signals.RootCause;

namespace OpsBot.Diagnosis.Triage;

/// <summary>A cause before it is put into words: a suspect, the change that explains it, or both.</summary>
internal sealed record RankedCause(Suspect? Suspect, SuspectChange? Change, double Score, double Confidence)
{
    public string? Service => Change?.Change.Service ?? Suspect?.Service;
}

/// <summary>What triage came to.</summary>
/// <param name="Causes">Most likely first; empty where nothing stood out.</param>
/// <param name="OnsetMs">When the fault began, Unix milliseconds.</param>
/// <param name="AlertedKind">The kind of symptom that the alert named, if it did.</param>
internal sealed record TriageResult(
    IReadOnlyList<RankedCause> Causes, long OnsetMs, IReadOnlyList<Finding> Findings, Contracts.Diagnoses.CauseKind? AlertedKind = null);
