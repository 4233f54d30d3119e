using OpsBot.Contracts.Actions;
using OpsBot.Contracts.Incidents;
using OpsBot.Contracts.Memory;

namespace OpsBot.Handlers.Outcomes;

/// <summary>What a resolved incident taught. Pure: the same detail gives the same outcome, so that telling it twice changes nothing.</summary>
internal static class Lesson
{
    private const int Causes = 3;
    private const int Fingerprints = 200;
    private const int Runs = 20;

    /// <exception cref="ArgumentException">The incident is not resolved.</exception>
    public static Outcome Of(IncidentDetail detail)
    {
        var incident = detail.Incident;
        var over = incident.ResolvedAt ?? throw new ArgumentException($"{incident.Name} is not resolved.", nameof(detail));
        var runs = detail.Proposals
            .SelectMany(view => view.Runs.Select(run => (Run: run, Kept: Kept(view.Proposal, run))))
            .OrderBy(run => run.Run.EndedAt ?? DateTimeOffset.MaxValue)
            .ThenBy(run => run.Run.Id)
            .ToList();
        return new Outcome
        {
            IncidentId = incident.Id,
            Environment = incident.Environment,
            Service = incident.Service,
            Title = incident.Title,
            Fingerprints = [.. detail.Alerts.Select(alert => alert.Fingerprint).Distinct(StringComparer.Ordinal).Take(Fingerprints)],
            Causes =
            [
                .. (detail.Diagnosis?.Report.Causes ?? []).OrderBy(cause => cause.Rank).Take(Causes)
                    .Select(cause => new OutcomeCause(cause.Kind, cause.Service, cause.Change, cause.Statement)),
            ],
            Fixed = [.. runs.Where(run => run.Run.Status == RunStatus.Verified).Select(run => run.Kept).Take(Runs)],
            DidNotHelp =
            [
                .. runs.Where(run => run.Run.Status is RunStatus.Undone or RunStatus.Failed or RunStatus.Refused).Select(run => run.Kept).Take(Runs),
            ],
            Said = [.. Said(detail).Take(Runs)],
            ResolvedAt = over,
            Duration = over - incident.StartedAt,
        };
    }

    /// <summary>True while a run is still under way: what became of it is not known yet.</summary>
    public static bool IsIncomplete(IncidentDetail detail) => detail.Proposals
        .SelectMany(view => view.Runs)
        .Any(run => run.Status is RunStatus.Waiting or RunStatus.Checking or RunStatus.Intended or RunStatus.Exited or RunStatus.Undoing);

    /// <summary>Who closed it by hand, and the reasons that people gave for deciding as they did.</summary>
    private static IEnumerable<string> Said(IncidentDetail detail) => detail.Timeline
        .Where(entry => entry.Kind == "resolved" && entry.Text.StartsWith("Resolved by ", StringComparison.Ordinal))
        .Select(entry => entry.Text)
        .Concat(detail.Proposals.SelectMany(view => view.Approvals
            .Where(approval => approval.Reason is not null)
            .Select(approval => $"{approval.Person} {(approval.Approved ? "approved" : "refused")} {view.Proposal.Action}: {approval.Reason}")));

    private static OutcomeRun Kept(Proposal proposal, ActionRun run) => new(
        run.Action,
        proposal.Title,
        proposal.Slots.FirstOrDefault(slot => slot.Number == run.Slot)?.Arguments ?? new Dictionary<string, string>(),
        run.Target,
        run.ProposalId,
        run.Id,
        run.Status,
        run.Reason);
}
