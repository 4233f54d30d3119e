using System.Text.RegularExpressions;
using OpsBot.Contracts.Diagnoses;
using OpsBot.Signals.RootCause;
using OpsBot.Signals.Series;

namespace OpsBot.Diagnosis.Triage;

/// <summary>Reasons for which no change is to blame, however many there were: a surge of requests, or one record that fails again and again.</summary>
internal static partial class OtherReasons
{
    private const double Excused = 0.25;
    private const double PlainSurge = 0.7;
    private const double PlainError = 1.2;
    private const long ToleranceMs = 120_000;

    /// <summary>Rise of a caller's own requests that shows a surge passing through it.</summary>
    private const double PassedOn = 0.25;

    /// <summary>What is left of the suspicion against changes, 0 to 1.</summary>
    public static double Excuse(TriageCase triage, IReadOnlyList<Finding> findings, long onsetMs) =>
        Surge(triage, findings, onsetMs) || OneRecord(findings) ? Excused : 1;

    /// <summary>The requests rose by half or more no later than the symptoms.</summary>
    private static bool Surge(TriageCase triage, IReadOnlyList<Finding> findings, long onsetMs) => findings.Any(finding =>
        finding is { Role: AnomalyRole.Traffic, Kind: CauseKind.Unknown, Before: > 0 }
        && finding.Score >= PlainSurge && finding.Delta / finding.Before >= 0.5 && finding.OnsetMs <= onsetMs + ToleranceMs
        && (triage.Incident.Service is null || string.Equals(triage.Incident.Service, finding.Service, StringComparison.OrdinalIgnoreCase))
        && !OfRetries(triage, findings, finding));

    /// <summary>A surge comes from outside: where callers are watched and none of them is asked for more, what rose are their own retries.</summary>
    private static bool OfRetries(TriageCase triage, IReadOnlyList<Finding> findings, Finding rise)
    {
        var watched = triage.Graph.Callers(rise.Service ?? "")
            .Where(caller => triage.Seen.Metrics.Any(metric => metric.Owner != MetricOwner.Edge && metric.Service == caller
                && MetricMeaning.Of(metric.Metric) is { Role: MetricRole.Traffic, Kind: CauseKind.Unknown }))
            .ToList();
        return watched.Count > 0 && !findings.Any(finding =>
            finding is { Role: AnomalyRole.Traffic, Kind: CauseKind.Unknown, Before: > 0 }
            && finding.Delta / finding.Before >= PassedOn && watched.Contains(finding.Service ?? "", StringComparer.Ordinal));
    }

    /// <summary>The clearest errors all name the same record, offset or key: new code fails for many.</summary>
    private static bool OneRecord(IReadOnlyList<Finding> findings)
    {
        var clearest = findings
            .Where(finding => finding.Role == AnomalyRole.Log && finding.Score >= PlainError)
            .OrderByDescending(finding => finding.Score)
            .Take(2)
            .ToList();
        return clearest.Count > 0 && clearest.All(finding => finding.Repeats.Any(text => Identifier().IsMatch(text)));
    }

    /// <summary>A key with a long number or a mix of letters and digits behind it, as in <c>offset=148820291</c>.</summary>
    [GeneratedRegex(@"\b\w*(id|key|offset|record|row|sequence|partition)\w*[=: ]+[\w-]*\d[\w-]{4,}", RegexOptions.NonBacktracking | RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture)]
    private static partial Regex Identifier();
}
