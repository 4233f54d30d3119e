using OpsBot.Contracts.Actions;
using OpsBot.Contracts.Diagnoses;
using OpsBot.Contracts.Memory;

namespace OpsBot.Tests.Support;

/// <summary>What earlier incidents taught.</summary>
internal static partial class Some
{
    public static Outcome Outcome(long incidentId = 7) => new()
    {
        IncidentId = incidentId,
        Environment = "prod",
        Service = "checkout",
        Title = "Checkout p99 latency above 2 s",
        Fingerprints = ["checkout-latency"],
        Causes = [new OutcomeCause(CauseKind.Deploy, "checkout", "d-17", "Deploy d-17 slowed checkout down.")],
        Fixed = [OutcomeRun()],
        ResolvedAt = Night.AddDays(-19),
        Duration = TimeSpan.FromMinutes(6),
    };

    public static OutcomeRun OutcomeRun(string action = "rollback", RunStatus status = RunStatus.Verified) => new(
        action, "Roll back to the version before", new Dictionary<string, string> { ["service"] = "checkout" }, "deployment/checkout", 4, 9, status, null);
}
