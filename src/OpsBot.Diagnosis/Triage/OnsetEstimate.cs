using OpsBot.Signals.RootCause;

namespace OpsBot.Diagnosis.Triage;

/// <summary>When the fault began, by what most shifts agree on.</summary>
internal static class OnsetEstimate
{
    /// <summary>Scrapes of different targets are up to a minute apart.</summary>
    private const long ToleranceMs = 60_000;

    private static readonly long[] Refinements = [0, 60_000, -60_000, 30_000, -30_000];

    /// <summary>The onset that gathers the most weight within a minute; the middle of the search where nothing shifted. Unix milliseconds.</summary>
    public static long Of(IReadOnlyList<Finding> findings, TriageCase triage)
    {
        var weighted = findings
            .Where(finding => finding.OnsetMs is not null && finding.Role is not AnomalyRole.Traffic)
            .Select(finding => (Onset: finding.OnsetMs!.Value, Weight: finding.Score * finding.Score))
            .OrderBy(pair => pair.Onset)
            .ToList();
        if (weighted.Count == 0)
        {
            return (triage.Search.SearchFromMs + triage.Search.LatestMs) / 2;
        }

        var best = weighted
            .Select(pair => pair.Onset)
            .Distinct()
            .Select(onset => (Onset: onset, Weight: weighted.Where(pair => Math.Abs(pair.Onset - onset) <= ToleranceMs).Sum(pair => pair.Weight)))
            .MaxBy(pair => pair.Weight);
        return Math.Min(best.Onset, triage.Search.LatestMs);
    }

    /// <summary>
    /// Spans and log lines are finer than samples: of a few onsets around the estimate, the one at which they differ most before and after.
    /// </summary>
    public static (long OnsetMs, IReadOnlyList<Finding> Findings) Refine(long estimate, TriageCase triage, Func<long, IReadOnlyList<Finding>> find)
    {
        if (triage.Seen.Spans.Count == 0 && triage.Seen.Logs.Count == 0)
        {
            return (estimate, find(estimate));
        }

        return Refinements
            .Select(offset => Math.Min(estimate + offset, triage.Search.LatestMs))
            .Distinct()
            .Select(onset => (Onset: onset, Findings: find(onset)))
            .MaxBy(tried => tried.Findings.OrderByDescending(finding => finding.Score).Take(3).Sum(finding => finding.Score));
    }
}
