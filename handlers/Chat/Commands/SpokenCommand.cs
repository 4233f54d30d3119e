using OpsBot.Actions.People;
using OpsBot.Runtime.Redaction;
using OpsBot.Storage.Messages;

namespace OpsBot.Handlers.Chat.Commands;

/// <summary>What is said on a page or in a terminal, where whoever says it waits for the answer.</summary>
public sealed class SpokenCommand(CommandDesk desk, Outbox outbox, IHumanActs acts, IRedactor redactor)
{
    /// <returns>The answer, without secrets.</returns>
    public async Task<Said> SayAsync(string text, Asker asker, long? incidentId, CancellationToken cancellationToken)
    {
        var deed = await desk.HearAsync(text, asker, incidentId, cancellationToken);
        var said = await outbox.CommitAsync(
            async scope =>
            {
                var said = await deed.Effect(scope);
                if (!said.OnlyAsker && deed.ActedOn is { } acted)
                    await acts.ActedOnAsync(acted, scope);
                return said;
            },
            cancellationToken);
        return said with { Text = redactor.Redact(said.Text) };
    }
}
