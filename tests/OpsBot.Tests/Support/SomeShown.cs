using OpsBot.Contracts.Actions;
using OpsBot.Contracts.Diagnoses;
using OpsBot.Contracts.Incidents;

namespace OpsBot.Tests.Support;

/// <summary>Proposals as cards and pages meet them. All times hang on <see cref="Night"/>.</summary>
internal static partial class Some
{
    public static Proposal ShownProposal(long id = 7, int version = 1) => new()
    {
        Id = id,
        Version = version,
        IncidentId = 12,
        Environment = "prod",
        Action = "rollback",
        Title = "Roll payments back to the version before",
        Risk = ActionRisk.Reversible,
        ProposedBy = Actors.OpsBot,
        Why = "Deploy d-2291 of payments 4.12.0 is the likeliest cause (82 %)",
        Evidence = ["E1", "E3"],
        Slots =
        [
            new ProposalSlot(
                1, new Dictionary<string, string> { ["service"] = "payments", ["version"] = "4.11.3" }, "deployment/payments", new BlastRadius(1, 0.04, "prod"),
                ["/usr/bin/deployctl", "set", "payments", "4.11.3"], ["/usr/bin/deployctl", "set", "payments", "{state.version}"],
                new Dictionary<string, string> { ["version"] = "4.12.0" }, new DryRunOutput(0, "payments: 4.12.0 -> 4.11.3 (dry run, nothing changed)")),
        ],
        Binding = new Binding(new string('a', 64), new string('b', 64), new Dictionary<string, string>()),
        Quorum = 1,
        ApproverRoles = ["oncall"],
        GatesBefore = ["quiet"],
        GatesAfter = ["error-rate-low"],
        CreatedAt = Night.AddSeconds(25),
        ExpiresAt = Night.AddMinutes(30),
        Status = ProposalStatus.Open,
    };

    public static ActionRun ShownRun(RunStatus status = RunStatus.Verified, long id = 3) => new()
    {
        Id = id,
        ProposalId = 7,
        Version = 1,
        Slot = 1,
        IncidentId = 12,
        Action = "rollback",
        Target = "deployment/payments",
        Fence = 4,
        IdempotencyKey = $"PROP-7/1/{id}",
        Status = status,
        Host = "node-1",
        Command = ["/usr/bin/deployctl", "set", "payments", "4.11.3"],
        OutputTail = "payments: 4.12.0 -> 4.11.3\nwaiting for 6 pods\n",
        StartedAt = Night.AddMinutes(3),
        EndedAt = status is RunStatus.Intended or RunStatus.Checking ? null : Night.AddMinutes(4),
    };

    public static ProposalView ProposalView(ProposalStatus status = ProposalStatus.Open, params ActionRun[] runs) => new(
        ShownProposal() with { Status = status },
        status == ProposalStatus.Open ? [] : [new Approval(7, 1, "ada", true, Night.AddMinutes(2), new string('a', 64), null, null)],
        runs);

    public static IncidentDetail ProposedThread(params ProposalView[] proposals) =>
        DiagnosedThread() with { Proposals = proposals.Length > 0 ? proposals : [ProposalView()] };
}
