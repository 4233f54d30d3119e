using OpsBot.Actions.Approvals;
using OpsBot.Actions.Audit;
using OpsBot.Actions.Closing;
using OpsBot.Actions.People;
using OpsBot.Chat.Cards;
using OpsBot.Contracts.Actions;
using OpsBot.Handlers.Chat.Commands;
using OpsBot.Host.WebConsole.View;
using OpsBot.Storage.Engine;
using OpsBot.Storage.Messages;
using OpsBot.Storage.Mutes;

namespace OpsBot.Host.WebConsole.Endpoints;

/// <summary>Hands what a page asks for to those who decide it.</summary>
internal sealed class ConsoleDesk(
    ProposalDesk proposals, IKillSwitch kill, IncidentRequests incidents, SpokenCommand spoken, MuteReader mutes, Muting muting, IPeople people, Outbox outbox, StoreClock clock,
    AuditVerifier verifier, AuditAnchors anchors) : IConsoleDesk
{
    private const int MostMutes = 10_000;

    public Task<Answer> DecideAsync(DecisionRequest request, CancellationToken cancellationToken) => proposals.DecideAsync(request, cancellationToken);

    public Task<Answer> StopAsync(Person person, string reason, CancellationToken cancellationToken) => kill.StopAsync(person, reason, cancellationToken);

    public Task<Answer> ResumeAsync(Person person, CancellationToken cancellationToken) => kill.ResumeAsync(person, cancellationToken);

    public async Task<Answer> AcknowledgeAsync(Person person, long incidentId, CancellationToken cancellationToken) =>
        (await incidents.AcknowledgeAsync(person, incidentId, cancellationToken)).Answer;

    public async Task<Answer> ResolveAsync(Person person, long incidentId, CancellationToken cancellationToken) =>
        (await incidents.ResolveAsync(person, incidentId, cancellationToken)).Answer;

    public async Task<Answer> SayAsync(Person person, long? incidentId, string text, CancellationToken cancellationToken) =>
        new(true, (await spoken.SayAsync(text, new Asker(person, "web", person.Id), incidentId, cancellationToken)).Text);

    public async Task<IReadOnlyList<MuteRow>> MutesAsync(int limit, CancellationToken cancellationToken) =>
    [
        .. (await mutes.ListAsync(clock.GetUtcNow(), limit, cancellationToken)).Select(mute => new MuteRow(
            MuteRow.KeyOf(mute.Fingerprint), mute.Fingerprint, people.Find(mute.Person)?.Name ?? mute.Person, mute.Reason, mute.At, mute.Until, mute.Held)),
    ];

    public async Task<Answer> UnmuteAsync(Person person, string key, CancellationToken cancellationToken)
    {
        var all = await mutes.ListAsync(clock.GetUtcNow(), MostMutes, cancellationToken);
        return all.FirstOrDefault(mute => MuteRow.KeyOf(mute.Fingerprint) == key) is { } found
            ? new Answer(true, (await outbox.CommitAsync(scope => muting.EndAsync(scope, person, found.Fingerprint), cancellationToken)).Text)
            : new Answer(false, "That is not muted any more.");
    }

    public async Task<AuditCheck> VerifyAuditAsync(CancellationToken cancellationToken)
    {
        var (heads, _) = anchors.Read();
        var finding = await verifier.VerifyAsync(heads, cancellationToken);
        return finding.Holds
            ? new AuditCheck(true, finding.Head is { } head ? $"The chain is whole: {Wording.Count(head.Seq, "row")}, held against {Wording.Count(heads.Count, "anchor")}." : "Nothing is written yet.")
            : new AuditCheck(false, FormattableString.Invariant($"The chain does not hold at row {finding.BadSeq}: {finding.Reason}"));
    }
}
