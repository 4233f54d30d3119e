using OpsBot.Contracts.Diagnoses;
using OpsBot.Diagnosis.Triage;
using OpsBot.Signals.RootCause;

namespace OpsBot.Diagnosis.Reporting;

/// <summary>Chooses the finding that says what sort of cause it is: what a service lacks explains its latency, not the other way round.</summary>
internal static class CauseKinds
{
    private const double PlainResource = 1;

    /// <summary>A resource that stands out this many times as much as the errors explains them: memory that ran out, a full disk.</summary>
    private const double ClearlyMore = 1.5;

    /// <summary>A share of the largest user's memory; a busy program takes a little more, a leak takes this much.</summary>
    private const double LargeFootprint = 0.1;

    /// <param name="findings">What speaks against one suspect, clearest first.</param>
    /// <param name="alerted">Kind of symptom that the alert named, if it did.</param>
    public static Finding? Telling(IReadOnlyList<Finding> findings, CauseKind? alerted)
    {
        if (findings.Count == 0 || findings[0].Role is AnomalyRole.Behaviour or AnomalyRole.ErrorOrigin or AnomalyRole.Log)
        {
            return findings.Count == 0 ? null : findings[0];
        }

        // a few failures more make no processor busy, and a somewhat busier processor fails nobody: where errors are what was alerted, they tell
        if (alerted == CauseKind.Errors
            && findings.FirstOrDefault(finding => finding is { Role: AnomalyRole.Symptom, Kind: CauseKind.Errors }) is { } failing
            && findings.Where(finding => finding.Role == AnomalyRole.Resource).All(resource => resource.Score <= ClearlyMore * failing.Score))
        {
            return failing;
        }

        var resources = findings.Where(finding => finding.Role == AnomalyRole.Resource && finding.Score >= PlainResource && finding.Delta > 0).ToList();
        // a leak keeps the processor busy as well, but a busy processor fills no memory
        return resources.Find(finding => finding.Kind == CauseKind.Memory && finding.Footprint >= LargeFootprint)
            ?? resources.MaxBy(finding => finding.Score)
            ?? findings.FirstOrDefault(finding => findings[0].Role == AnomalyRole.Symptom && finding.Role == AnomalyRole.Symptom && finding.Kind == alerted)
            ?? findings[0];
    }
}
