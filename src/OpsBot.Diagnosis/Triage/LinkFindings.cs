using OpsBot.Contracts.Diagnoses;
using OpsBot.Signals.RootCause;
using OpsBot.Signals.Traces;

namespace OpsBot.Diagnosis.Triage;

/// <summary>
/// Time lost between two services belongs to one of the two ends. The end that more of its links agree on is blamed: a slow network of
/// one pod shows on every link of that pod, and on one link of each neighbour.
/// </summary>
internal static class LinkFindings
{
    public static IEnumerable<Finding> Find(IReadOnlyList<SelfTimeShift> slower, long onsetMs)
    {
        var links = slower
            .Where(shift => shift.Peer is not null)
            .GroupBy(shift => (shift.Service, Peer: shift.Peer!))
            .Select(group => new Link(
                group.Key.Service, group.Key.Peer, group.Sum(shift => shift.Share), group.MaxBy(shift => shift.ExcessMs)!))
            .ToList();
        foreach (var end in links.SelectMany(link => new[] { link.Caller, link.Callee }).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal))
        {
            var mine = links.Where(link => link.Touches(end)).ToList();
            var share = mine.Sum(link => link.Share);
            var example = mine.MaxBy(link => link.Share)!.Example;
            // a caller waits for a callee that is slow to accept, so of two ends with one link the callee is likelier
            var callee = mine.Where(link => string.Equals(link.Callee, end, StringComparison.Ordinal)).Sum(link => link.Share);
            var weight = share == 0 ? 0 : 0.75 + (0.25 * callee / share);
            var text = $"{Wording.Percent(share)} of all extra time was lost on {mine.Count} links of {end}: {example.Operation} from {example.Service} to "
                + $"{example.Peer} took {Wording.Number(example.DuringMs)} ms between the two, {Wording.Number(example.BeforeMs)} ms before {Wording.Clock(onsetMs)}";
            yield return new Finding(
                end, string.Equals(example.Service, end, StringComparison.Ordinal) ? example.Instance : null, null,
                CauseKind.Network, AnomalyRole.Link, example.Operation, weight * TraceFindings.Score(mine.Max(link => link.Example.Clarity), share), onsetMs,
                text, TraceFindings.Exhibit(text, example.ExampleTrace, onsetMs));
        }
    }

    private sealed record Link(string Caller, string Callee, double Share, SelfTimeShift Example)
    {
        public bool Touches(string service) =>
            string.Equals(Caller, service, StringComparison.Ordinal) || string.Equals(Callee, service, StringComparison.Ordinal);
    }
}
