using OpsBot.Actions.Approvals;
using OpsBot.Contracts.Actions;
using OpsBot.Contracts.Ports;
using OpsBot.Host.WebConsole.Endpoints;
using OpsBot.Host.WebConsole.View;

namespace OpsBot.Tests.Support;

/// <summary>Proposals, runs and the audit behind the console, in memory; what people ask for is written down and answered.</summary>
internal sealed class FakeActions : IActionReader, IAuditReader, IConsoleDesk
{
    public List<ProposalView> Proposals { get; } = [];

    public List<ActionRun> Runs { get; } = [];

    public List<AuditRow> Audit { get; } = [];

    public ActionSwitch Switch { get; set; } = new(null, null, null);

    public List<MuteRow> Mutes { get; } = [];

    /// <summary>What was asked, in words: <c>ada approves PROP-7 v1 aaaa…</c>.</summary>
    public List<string> Asked { get; } = [];

    /// <summary>What the next question is answered with.</summary>
    public string Answer { get; set; } = "Done.";

    public Task<IReadOnlyList<ProposalView>> ProposalsAsync(
        long? incidentId, IReadOnlyCollection<ProposalStatus> status, int limit, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<ProposalView>>(Proposals
            .Where(view => (incidentId is null || view.Proposal.IncidentId == incidentId) && (status.Count == 0 || status.Contains(view.Proposal.Status)))
            .Take(limit).ToList());

    public Task<ProposalView?> FindProposalAsync(long id, int? version, CancellationToken cancellationToken) =>
        Task.FromResult(Proposals.Find(view => view.Proposal.Id == id));

    public Task<IReadOnlyList<ActionRun>> RunsAsync(IReadOnlyCollection<RunStatus> status, int limit, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<ActionRun>>(Runs.Where(run => status.Count == 0 || status.Contains(run.Status)).Take(limit).ToList());

    public Task<ActionRun?> FindRunAsync(long id, CancellationToken cancellationToken) => Task.FromResult(Runs.Find(run => run.Id == id));

    public Task<ActionSwitch> SwitchAsync(CancellationToken cancellationToken) => Task.FromResult(Switch);

    public Task<IReadOnlyList<AuditRow>> PageAsync(long after, int limit, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<AuditRow>>(Audit.Where(row => row.Seq > after).OrderBy(row => row.Seq).Take(limit).ToList());

    public Task<long> CountAsync(CancellationToken cancellationToken) => Task.FromResult((long)Audit.Count);

    public Task<IReadOnlyList<AuditRow>> NewestAsync(string? subject, int limit, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<AuditRow>>(Audit
            .Where(row => subject is null || row.Subject.Split(' ')[0] == subject).OrderByDescending(row => row.Seq).Take(limit).ToList());

    public Task<Answer> DecideAsync(DecisionRequest request, CancellationToken cancellationToken) => Told(
        $"{request.PersonId} {(request.Approve ? "approves" : "refuses")} PROP-{request.ProposalId} v{request.Version} {request.Hash} {request.Reason}".TrimEnd());

    public Task<Answer> StopAsync(Person person, string reason, CancellationToken cancellationToken) => Told($"{person.Id} stops: {reason}");

    public Task<Answer> ResumeAsync(Person person, CancellationToken cancellationToken) => Told($"{person.Id} resumes");

    public Task<Answer> AcknowledgeAsync(Person person, long incidentId, CancellationToken cancellationToken) => Told($"{person.Id} acknowledges INC-{incidentId}");

    public Task<Answer> ResolveAsync(Person person, long incidentId, CancellationToken cancellationToken) => Told($"{person.Id} resolves INC-{incidentId}");

    public Task<Answer> SayAsync(Person person, long? incidentId, string text, CancellationToken cancellationToken) => Told($"{person.Id} says to INC-{incidentId}: {text}");

    public Task<IReadOnlyList<MuteRow>> MutesAsync(int limit, CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<MuteRow>>([.. Mutes.Take(limit)]);

    public Task<Answer> UnmuteAsync(Person person, string key, CancellationToken cancellationToken) => Told($"{person.Id} unmutes {key}");

    public Task<AuditCheck> VerifyAuditAsync(CancellationToken cancellationToken) => Task.FromResult(new AuditCheck(true, "The chain is whole: 2 rows."));

    /// <summary>A night with something of everything.</summary>
    public void AddANight()
    {
        const string Html = "<script>alert(1)</script><img src=x onerror=alert(2)>";
        var hostile = Some.ShownProposal(8);
        Proposals.AddRange(
        [
            Some.ProposalView(),
            new ProposalView(
                hostile with
                {
                    Title = Html, Why = new string('w', 3000), Status = ProposalStatus.Running,
                    Slots = [hostile.Slots[0] with { Target = new string('t', 300), Run = [new string('r', 900), Html], DryRun = new DryRunOutput(1, Html) }],
                },
                [], [Some.ShownRun(RunStatus.Intended, 5) with { OutputTail = new string('o', 900) }]),
        ]);
        Runs.AddRange(
        [
            Some.ShownRun(RunStatus.Intended, 5), Some.ShownRun(RunStatus.Verified, 4), Some.ShownRun(RunStatus.Undone, 3) with { Reason = "error-rate got worse: 40 → 90." },
            Some.ShownRun(RunStatus.Unknown, 2),
        ]);
        Mutes.AddRange(
        [
            Muted("a1b2c3d4e5f60718", "noisy since the move", 3), Muted(new string('f', 200), Html, 0), Muted("<b>db-1 \u202e disk</b>", null, 12),
        ]);
        Audit.AddRange(
        [
            new AuditRow(1, Some.Night, "proposed", "opsbot", "PROP-7 v1", """{"hash":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","action":"rollback"}""", "m"),
            new AuditRow(2, Some.Night.AddMinutes(2), "approved", "ada", "PROP-7 v1", $$"""{"reason":"<script>alert(1)</script>{{new string('x', 400)}}"}""", "m"),
        ]);
    }

    public static MuteRow Muted(string fingerprint, string? reason, long held) =>
        new(MuteRow.KeyOf(fingerprint), fingerprint, "Ada Lovelace", reason, Some.Night.AddMinutes(-20), Some.Night.AddHours(2), held);

    private Task<Answer> Told(string asked)
    {
        Asked.Add(asked);
        return Task.FromResult(new Answer(true, Answer));
    }
}
