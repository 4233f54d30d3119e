using OpsBot.Contracts.Diagnoses;
using OpsBot.Diagnosis.Triage;
using OpsBot.Signals.RootCause;

namespace OpsBot.Diagnosis.Reporting;

/// <summary>Puts ranked causes into words and cites what they rest on.</summary>
internal static class CauseWriter
{
    private const int MostEvidence = 6;
    private const int LongestStatement = 600;
    private const int LongestLine = 4_000;

    public static Cause Write(RankedCause cause, int rank, TriageResult triage, EvidenceRegister register)
    {
        var findings = Findings(cause);
        var lead = CauseKinds.Telling(findings, triage.AlertedKind);
        findings = lead is null ? findings : [lead, .. findings.Where(finding => !ReferenceEquals(finding, lead))];
        var gaps = cause.Change?.Gaps.Take(2).ToList() ?? [];
        var joins = cause.Change?.Joins.Take(2).ToList() ?? [];
        var evidence = new List<string>();
        if (cause.Change is { } change)
        {
            evidence.Add(register.Cite(ChangeExhibit(change, triage.OnsetMs)));
        }

        evidence.AddRange(joins.Select(join => register.Cite(join.Exhibit)));
        evidence.AddRange(gaps.Select(gap => register.Cite(GapExhibit(gap))));
        evidence.AddRange(findings.Take(MostEvidence - Math.Min(MostEvidence - 1, evidence.Count)).Select(finding => register.Cite(finding.Exhibit)));
        return new Cause(
            rank, cause.Service, Instance(cause, findings), null, Kind(cause, lead), RootCause(cause, lead), Metric(lead, findings, gaps), cause.Change?.Change.Record.Id,
            cause.Confidence, register.Clean(Statement(cause, findings, gaps, [.. joins.Select(join => join.Sentence(line => register.Clean(line, LongestLine)))], triage.OnsetMs), LongestStatement), [.. evidence.Distinct(StringComparer.Ordinal)]);
    }

    private static List<Finding> Findings(RankedCause cause) =>
        cause.Suspect is { } suspect ? [.. suspect.Weighted.Select(weighted => weighted.Anomaly).OfType<Finding>().Take(MostEvidence)] : [];

    private static string? Instance(RankedCause cause, List<Finding> findings) =>
        cause.Change?.Change.Record.NewInstances is [var only]
            ? only
            : findings.Where(finding => finding.Service is not null && finding.Instance is not null)
                .GroupBy(finding => finding.Instance!, StringComparer.Ordinal)
                .OrderByDescending(group => group.Sum(finding => finding.Score))
                .Select(group => group.Key)
                .FirstOrDefault();

    private static CauseKind Kind(RankedCause cause, Finding? lead)
    {
        if (lead is not null && lead.Kind != CauseKind.Unknown)
        {
            return lead.Kind;
        }

        return cause.Change is null ? CauseKind.Unknown : CauseKind.Deploy;
    }

    private static string? RootCause(RankedCause cause, Finding? lead) => cause.Change is not null
        ? "bad-change"
        : lead?.Role switch
        {
            AnomalyRole.Resource => $"{lead.Kind.ToString().ToLowerInvariant()}-pressure",
            AnomalyRole.Link => "network-delay",
            AnomalyRole.Behaviour => "changed-behaviour",
            AnomalyRole.ErrorOrigin or AnomalyRole.Log => "new-errors",
            AnomalyRole.OwnTime => "slow-operation",
            _ => null,
        };

    private static string? Metric(Finding? lead, List<Finding> findings, List<CanaryGap> gaps)
    {
        if (gaps.Count > 0)
        {
            return gaps[0].Series.Metric;
        }

        return lead is { Exhibit.Source: EvidenceSourceKind.Metrics }
            ? lead.Metric
            : findings.Find(finding => finding.Exhibit.Source == EvidenceSourceKind.Metrics)?.Metric;
    }

    private static string Statement(RankedCause cause, List<Finding> findings, List<CanaryGap> gaps, List<string> joins, long onsetMs)
    {
        // what says why goes before what says when
        var parts = joins.ToList();
        if (cause.Change is { } change)
        {
            parts.Add($"{Titled(change.Change)} reached {change.Change.Service ?? "production"} at "
                + $"{Wording.Clock(change.Change.At.ToUnixTimeMilliseconds())}, {Lag(change, onsetMs)}");
        }

        parts.AddRange(gaps.Select(gap => gap.Statement));
        parts.AddRange(findings.Take(2).Select(finding => finding.Statement));
        return string.Join("; ", parts) + ".";
    }

    /// <summary>As people call it: kind, version, id, and what it was for where that says more than the id.</summary>
    private static string Titled(ChangeCandidate change)
    {
        var version = change.Record.Version is { Length: > 0 } stated ? $" {stated}" : "";
        var summary = change.Summary == change.Record.Id ? "" : $", {change.Summary}";
        return $"{change.Record.Kind}{version} ({change.Record.Id}{summary})";
    }

    private static string Lag(SuspectChange change, long onsetMs)
    {
        var lag = DateTimeOffset.FromUnixTimeMilliseconds(onsetMs) - change.Change.At;
        return lag.TotalMinutes >= 0 ? $"{Wording.Number(lag.TotalMinutes)} min before the onset" : "about when it began";
    }

    private static Exhibit ChangeExhibit(SuspectChange change, long onsetMs)
    {
        var candidate = change.Change;
        var excerpt = $"{candidate.Record.Kind} {candidate.Record.Id} of {candidate.Service ?? "?"} at {Wording.Clock(candidate.At.ToUnixTimeMilliseconds())}, {Lag(change, onsetMs)}: {candidate.Summary}"
            + (candidate.Commit is { } commit && commit.Id != candidate.Record.Id ? $" (commit {commit.Id})" : "")
            + ContractText.Of(candidate.Record.Contracts, change.Joins.Select(join => join.Broken))
            + (change.Words.Count > 0 ? $"\nwords shared with the symptoms: {string.Join(", ", change.Words.Take(8))}" : "")
            + (candidate.Diff.Length > 0 ? "\n" + candidate.Diff : "");
        return new Exhibit(EvidenceSourceKind.Changes, candidate.Record.Query, candidate.At.ToUnixTimeMilliseconds(), excerpt, TrustLabel.Untrusted);
    }

    private static Exhibit GapExhibit(CanaryGap gap) => new(
        EvidenceSourceKind.Metrics, gap.Series.Query, gap.FromMs, gap.Statement, TrustLabel.System,
        () => Charts.Of(gap.Series, new Signals.Series.SeriesShift(gap.Score, gap.FromMs, gap.FromMs, gap.Old, gap.New, 1)));
}
