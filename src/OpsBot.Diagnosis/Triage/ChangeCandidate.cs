using OpsBot.Contracts.Events;
using OpsBot.Evidence;

namespace OpsBot.Diagnosis.Triage;

/// <summary>A change as it reached production: a deploy together with the commit that it carried.</summary>
/// <param name="Record">What a cause names: the deploy, or the change itself.</param>
/// <param name="Commit">The commit that the deploy carried, where its record is there.</param>
/// <param name="Delivered">False for a commit that no deploy is known of although deploys are recorded.</param>
internal sealed record ChangeCandidate(ChangeRecord Record, ChangeRecord? Commit, bool Delivered)
{
    public string? Service => Record.Service ?? Commit?.Service;

    public DateTimeOffset At => Record.Time;

    public string Summary => Commit?.Summary ?? Record.Summary ?? Record.Id;

    public string Diff => Commit?.Diff ?? Record.Diff ?? "";

    public IReadOnlyList<string> Files => Commit?.Files ?? Record.Files;

    /// <summary>Joins deploys with their commits; commits that were delivered do not stand alone. In order of time.</summary>
    public static IReadOnlyList<ChangeCandidate> Of(IReadOnlyList<ChangeRecord> changes)
    {
        var commits = new Dictionary<string, ChangeRecord>(StringComparer.OrdinalIgnoreCase);
        foreach (var commit in changes.Where(change => change.Kind == ChangeKind.Commit))
        {
            commits.TryAdd(commit.Commit ?? commit.Id, commit);
        }

        var carriers = changes.Where(change => change.Kind is not ChangeKind.Commit && change.Commit is not null).ToList();
        var carried = carriers.Select(change => change.Commit!).ToHashSet(StringComparer.OrdinalIgnoreCase);
        var deploys = changes.Any(change => change.Kind is ChangeKind.Deploy or ChangeKind.Release);
        return
        [
            .. changes
                .Where(change => change.Kind != ChangeKind.Commit || !carried.Contains(change.Commit ?? change.Id))
                .Select(change => new ChangeCandidate(
                    change,
                    change.Kind != ChangeKind.Commit && change.Commit is { } hash ? commits.GetValueOrDefault(hash) : null,
                    change.Kind != ChangeKind.Commit || !deploys))
                .OrderBy(candidate => candidate.At)
                .ThenBy(candidate => candidate.Record.Id, StringComparer.Ordinal),
        ];
    }
}
