using OpsBot.Actions.People;
using OpsBot.Contracts.Actions;
using OpsBot.Contracts.Ports;
using OpsBot.Storage.Approvals;
using OpsBot.Storage.Messages;

namespace OpsBot.Actions.Approvals;

internal sealed class KillSwitch(ProposalBook book, IPeople people, IActionReader reader, Outbox outbox) : IKillSwitch
{
    public Task<ActionSwitch> ReadAsync(CancellationToken cancellationToken) => reader.SwitchAsync(cancellationToken);

    public Task<Answer> StopAsync(Person person, string reason, CancellationToken cancellationToken) => outbox.CommitAsync(
        async scope =>
        {
            // Stopping is the safe direction: any person may.
            if (people.Find(person.Id)?.Id != person.Id)
                return new Answer(false, ProposalTexts.Unknown(person.Id));
            var standing = await SwitchTable.ReadAsync(scope.Transaction);
            if (standing.IsStopped)
                return new Answer(true, ProposalTexts.Stopped(standing, people));
            var stopped = new ActionSwitch(scope.Now, person.Id, OneLine.Of(reason, 300) is { Length: > 0 } why ? why : "no reason given");
            await SwitchTable.WriteAsync(scope.Transaction, stopped);
            await NoteAsync(scope, "stopped", person, stopped.Reason!);
            return new Answer(true, ProposalTexts.Stopped(stopped, people));
        },
        cancellationToken);

    public Task<Answer> ResumeAsync(Person person, CancellationToken cancellationToken) => outbox.CommitAsync(
        async scope =>
        {
            if (people.Find(person.Id) is not { } known || known.Id != person.Id)
                return new Answer(false, ProposalTexts.Unknown(person.Id));
            if (known.Roles.Count == 0)
                return new Answer(false, "Resuming needs a person with a role; you have none.");
            var standing = await SwitchTable.ReadAsync(scope.Transaction);
            if (!standing.IsStopped)
                return new Answer(true, "Actions are not stopped.");
            await SwitchTable.WriteAsync(scope.Transaction, new ActionSwitch(null, null, null));
            await NoteAsync(scope, "resumed", known, standing.Reason ?? "");
            return new Answer(true, "Actions may run again. What was refused meanwhile has to be proposed again.");
        },
        cancellationToken);

    private Task NoteAsync(EffectScope scope, string kind, Person person, string reason) => book.NoteAsync(
        scope.Transaction, new AuditEntry(kind, person.Id, "switch", new Dictionary<string, string> { ["reason"] = reason }), scope.Now);
}
