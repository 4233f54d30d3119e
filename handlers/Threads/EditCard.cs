using MassTransit;
using OpsBot.Chat.Cards;
using OpsBot.Chat.Threads;
using OpsBot.Contracts.Messages;
using OpsBot.Contracts.Ports;
using OpsBot.Contracts.Threads;
using OpsBot.Runtime.Redaction;
using OpsBot.Storage.Messages;

namespace OpsBot.Handlers.Threads;

/// <summary>Something visible changed: bring the incident's card up to date on every surface, opening its thread where there is none.</summary>
public sealed class EditCard(MessageHandling handling, IIncidentReader incidents, IEnumerable<IChatSurface> surfaces, IRedactor redactor, ILiveUpdates live)
    : IConsumer<Due<UpdateCard>>
{
    public Task Consume(ConsumeContext<Due<UpdateCard>> context) => handling.Handle(context, async (request, run) =>
    {
        if (await incidents.FindAsync(request.IncidentId, run.CancellationToken) is { } detail)
        {
            var delivery = new CardDelivery(
                request.IncidentId, $"{detail.Incident.Name}/card/{run.Run.MessageId}", CardBuilder.Build(detail.Redacted(redactor)), run.Run.MessageId,
                new ChatPlace("web", ""));
            foreach (var surface in surfaces)
            {
                await Posting.PostAsync(surface, "thread", () => surface.OpenThreadAsync(delivery, run.CancellationToken));
                await Posting.PostAsync(surface, "card", () => surface.EditCardAsync(delivery, run.CancellationToken));
            }
        }

        return scope =>
        {
            scope.AfterCommit(() => live.IncidentChanged(request.IncidentId));
            return Task.CompletedTask;
        };
    });
}
