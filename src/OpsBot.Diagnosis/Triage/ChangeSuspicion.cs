using OpsBot.Contracts.Events;
using OpsBot.Signals.RootCause;
using OpsBot.Signals.Series;

namespace OpsBot.Diagnosis.Triage;

/// <summary>A change with what speaks against it.</summary>
/// <param name="Score">0 to about 1; a half and more is a plain case.</param>
/// <param name="Gaps">Where its new instances are worse than the old ones.</param>
/// <param name="Words">Words that it shares with the symptoms.</param>
internal sealed record SuspectChange(ChangeCandidate Change, double Score, IReadOnlyList<CanaryGap> Gaps, IReadOnlyList<string> Words)
{
    /// <summary>New errors that name what it broke.</summary>
    public IReadOnlyList<ContractJoin> Joins { get; init; } = [];
}

/// <summary>Scores changes by when, where and what: proximity to the onset, the service blamed, the new instances, the words, the substance.</summary>
internal static class ChangeSuspicion
{
    private static readonly TimeSpan Memory = TimeSpan.FromMinutes(60);

    /// <summary>A release that answers wrongly hurts its callers more than itself.</summary>
    private const double FeltByCallers = 0.6;

    /// <summary>How much of what a change lacks to a plain case an error makes up for that names what the change broke.</summary>
    private const double NamedByError = 0.85;

    private static readonly TimeSpan OnsetTolerance = TimeSpan.FromMinutes(2);

    /// <summary>Suspicious changes, most suspicious first.</summary>
    public static IReadOnlyList<SuspectChange> Rank(TriageCase triage, IReadOnlyList<Finding> findings, IReadOnlyList<Suspect> suspects, long onsetMs)
    {
        var candidates = ChangeCandidate.Of(triage.Seen.Changes);
        if (candidates.Count == 0)
        {
            return [];
        }

        var text = new SymptomText(triage.Incident, findings, candidates);
        var overlaps = candidates.ToDictionary(candidate => candidate, text.Overlap);
        var mostOverlap = Math.Max(1e-9, overlaps.Values.Max());
        var gaps = CanaryContrast.FindAll(candidates, triage.Seen.Metrics);
        var elsewhere = OtherReasons.Excuse(triage, findings, onsetMs);
        var canaries = gaps.Values.Any(gap => gap.Count > 0);
        var joins = ContractJoins.Find(triage, candidates);
        return
        [
            .. candidates
                .Select(candidate =>
                {
                    var where = Where(candidate, triage, suspects);
                    var what = overlaps[candidate] / mostOverlap;
                    var contrast = Contrast(gaps[candidate]);
                    var merit = canaries ? (0.35 * where) + (0.65 * contrast) : (0.5 * where) + (0.5 * what);
                    var when = When(candidate, triage, onsetMs);
                    var score = when * merit * Substance(candidate) * elsewhere;
                    var suspect = new SuspectChange(candidate, score, gaps[candidate], text.Shared(candidate));
                    return when > 0 && joins.TryGetValue(candidate, out var named)
                        ? suspect with { Score = score + (Math.Max(0, 1 - score) * NamedByError * named[0].Strength), Joins = named }
                        : suspect;
                })
                .Where(suspect => suspect.Score > 0)
                .OrderByDescending(suspect => suspect.Score)
                .ThenByDescending(suspect => suspect.Change.At)
                .ThenBy(suspect => suspect.Change.Record.Id, StringComparer.Ordinal),
        ];
    }

    /// <summary>A change after somebody was told explains nothing; one shortly before the onset explains most.</summary>
    private static double When(ChangeCandidate change, TriageCase triage, long onsetMs)
    {
        if (change.At > triage.Incident.StartedAt)
        {
            return 0;
        }

        var lag = DateTimeOffset.FromUnixTimeMilliseconds(onsetMs) - change.At;
        return lag < -OnsetTolerance ? 0.4 : 0.3 + (0.7 * Math.Exp(-Math.Max(0, lag.TotalMinutes) / Memory.TotalMinutes));
    }

    private static double Where(ChangeCandidate change, TriageCase triage, IReadOnlyList<Suspect> suspects)
    {
        var top = suspects.Count == 0 ? 0 : suspects[0].Score;
        double Blame(string service) => suspects.FirstOrDefault(suspect => string.Equals(suspect.Service, service, StringComparison.Ordinal)) is { } found ? found.Score / top : 0;
        var services = change.Service is { } stated ? [stated] : suspects.Select(suspect => suspect.Service).Where(service => Touches(change, service)).ToList();
        return services
            .Select(service => Math.Max(Math.Max(Blame(service), FeltByCallers * triage.Graph.Callers(service).Select(Blame).DefaultIfEmpty(0).Max()), string.Equals(service, triage.Incident.Service, StringComparison.OrdinalIgnoreCase) ? 0.6 : 0))
            .DefaultIfEmpty(change.Service is null ? 0.1 : 0)
            .Max();
    }

    /// <summary>A change without a service may name one in its paths.</summary>
    private static bool Touches(ChangeCandidate change, string service)
    {
        var words = MetricWords.Of(service).Where(word => word.Length > 3 && word is not "service").ToList();
        return words.Count > 0 && change.Files.Any(file => words.All(word => file.Contains(word, StringComparison.OrdinalIgnoreCase)));
    }

    private static double Contrast(IReadOnlyList<CanaryGap> gaps) =>
        1 - Math.Exp(-gaps.Take(3).Select((gap, rank) => gap.Score * Math.Pow(0.5, rank)).Sum() / 1.5);

    private static double Substance(ChangeCandidate change)
    {
        var delivered = change.Delivered ? 1 : 0.4;
        return change.Record.Kind switch
        {
            ChangeKind.Commit or ChangeKind.Deploy or ChangeKind.Release or ChangeKind.Build when change.Diff.Length > 0 || change.Files.Count > 0 =>
                delivered * DiffSubstance.Of(change.Files, change.Diff),
            ChangeKind.Flag or ChangeKind.Scale => 0.5,
            _ => delivered,
        };
    }
}
