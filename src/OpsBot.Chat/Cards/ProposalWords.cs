using System.Globalization;
using OpsBot.Contracts.Actions;

namespace OpsBot.Chat.Cards;

/// <summary>What is said of proposals and runs, on every surface alike. Not cleaned: whoever shows it makes a <see cref="PlainText"/> of it.</summary>
public static class ProposalWords
{
    public static string Word(ProposalStatus status) => status switch
    {
        ProposalStatus.Open => "waits for approval",
        ProposalStatus.Approved => "approved",
        ProposalStatus.Running => "running",
        ProposalStatus.Done => "done and verified",
        ProposalStatus.Undone => "undone",
        ProposalStatus.Failed => "failed, a person has to look",
        ProposalStatus.Refused => "refused",
        ProposalStatus.Expired => "expired",
        _ => "void",
    };

    public static string Word(RunStatus status) => status switch
    {
        RunStatus.Waiting => "waits for its target",
        RunStatus.Checking => "checking before it starts",
        RunStatus.Intended => "running",
        RunStatus.Exited => "ended, being verified",
        RunStatus.Undoing => "being undone",
        RunStatus.Verified => "verified",
        RunStatus.Undone => "undone",
        RunStatus.Failed => "failed, a person has to look",
        RunStatus.Refused => "not started",
        _ => "unclear, a person has to say",
    };

    /// <summary>True while something is still to come of it by itself or by a person.</summary>
    public static bool IsLive(Proposal proposal) => proposal.Status is ProposalStatus.Open or ProposalStatus.Approved or ProposalStatus.Running;

    /// <summary>Those that need somebody first, in the order in which they were ranked; then the others, newest first.</summary>
    public static IReadOnlyList<ProposalView> Ordered(IReadOnlyList<ProposalView> views) =>
    [
        .. views.Where(view => IsLive(view.Proposal)).OrderBy(view => view.Proposal.Id),
        .. views.Where(view => !IsLive(view.Proposal)).OrderByDescending(view => view.Proposal.Id),
    ];

    /// <summary><c>1 of 2 approved (ada); needs oncall; expires 2026-11-22 03:44:32 UTC</c>.</summary>
    public static string Approved(ProposalView view)
    {
        var live = view.Approvals.Where(approval => approval is { Approved: true, VoidedBecause: null }).Select(approval => approval.Person).ToList();
        var by = live.Count > 0 ? $" ({string.Join(", ", live)})" : "";
        var proposal = view.Proposal;
        var roles = proposal.ApproverRoles.Count > 0 ? $"; may approve: {string.Join(", ", proposal.ApproverRoles)}" : "";
        var expires = proposal.Status == ProposalStatus.Open ? $"; expires {Wording.Utc(proposal.ExpiresAt)}" : "";
        return string.Create(CultureInfo.InvariantCulture, $"{live.Count} of {proposal.Quorum} approved{by}{roles}{expires}");
    }

    /// <summary><c>deployment/payments</c>, <c>3 targets: a, b and 1 more</c>.</summary>
    public static string Targets(Proposal proposal) => proposal.Loop is { } loop
        ? $"{proposal.Slots[0].Target} with {string.Join(", then ", proposal.Slots.Select(slot => slot.Arguments.GetValueOrDefault(loop.Over)))}"
        : proposal.Slots is [var one]
        ? one.Target
        : string.Create(CultureInfo.InvariantCulture, $"{proposal.Slots.Count} targets: {string.Join(", ", proposal.Slots.Take(3).Select(slot => slot.Target))}")
            + (proposal.Slots.Count > 3 ? string.Create(CultureInfo.InvariantCulture, $" and {proposal.Slots.Count - 3} more") : "");

    /// <summary><c>touches 1, 4 % of all, prod</c>.</summary>
    public static string Blast(BlastRadius blast)
    {
        string?[] parts =
        [
            string.Create(CultureInfo.InvariantCulture, $"touches {blast.Count}"),
            blast.Share is { } share ? string.Create(CultureInfo.InvariantCulture, $"{share * 100:0.#} % of all") : null,
            blast.Tier,
        ];
        return string.Join(", ", parts.Where(part => !string.IsNullOrWhiteSpace(part)));
    }

    public static string? Gates(Proposal proposal)
    {
        string?[] parts =
        [
            proposal.GatesBefore.Count > 0 ? $"before: {string.Join(", ", proposal.GatesBefore)}" : null,
            proposal.GatesAfter.Count > 0 ? $"after: {string.Join(", ", proposal.GatesAfter)}" : null,
        ];
        return string.Join("; ", parts.OfType<string>()) is { Length: > 0 } gates ? gates : null;
    }

    /// <summary>An argument vector as a person reads it. To be shown, never to be run: quotes only tell arguments apart.</summary>
    public static string Command(IReadOnlyList<string> vector) => string.Join(' ', vector.Select(argument =>
        argument.Length == 0 || argument.Any(c => char.IsWhiteSpace(c) || c is '\'' or '"') ? $"'{argument}'" : argument));

    /// <summary>A vector with the state that is known put in, so that people read what it would do as things stand; the state is read again when it runs.</summary>
    public static IReadOnlyList<string> Filled(IReadOnlyList<string> vector, IReadOnlyDictionary<string, string> state) =>
        [.. vector.Select(argument => state.Aggregate(argument, (text, field) => text.Replace($"{{state.{field.Key}}}", field.Value, StringComparison.Ordinal)))];

    /// <summary><c>verified after 4 s; error-rate 40 → 0</c>.</summary>
    public static string Run(ActionRun run) => Outcome(run) is { Length: > 0 } outcome
        ? $"{Word(run.Status)}{(run is { StartedAt: not null, EndedAt: not null } ? " " : "; ")}{outcome}"
        : Word(run.Status);

    /// <summary>The same without the status: <c>after 4 s; error-rate 40 → 0</c>. Empty while there is nothing to say.</summary>
    public static string Outcome(ActionRun run)
    {
        string?[] parts =
        [
            run is { StartedAt: { } start, EndedAt: { } end } ? $"after {Wording.Length(end - start)}" : null,
            .. run.HealthAfter.Select(after => run.HealthBefore.TryGetValue(after.Key, out var before)
                ? string.Create(CultureInfo.InvariantCulture, $"{after.Key} {before:0.###} → {after.Value:0.###}")
                : string.Create(CultureInfo.InvariantCulture, $"{after.Key} {after.Value:0.###}")),
            run.Reason,
        ];
        return string.Join("; ", parts.Where(part => !string.IsNullOrWhiteSpace(part)));
    }
}
