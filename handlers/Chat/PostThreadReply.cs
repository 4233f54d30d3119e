using MassTransit;
using OpsBot.Chat.Cards;
using OpsBot.Chat.Threads;
using OpsBot.Contracts.Messages;
using OpsBot.Contracts.Ports;
using OpsBot.Contracts.Threads;
using OpsBot.Runtime.Redaction;
using OpsBot.Storage.Messages;

namespace OpsBot.Handlers.Chat;

/// <summary>Something deserves a reply: on our own surface at once, and a row for each other one.</summary>
public sealed class PostThreadReply(
    MessageHandling handling, IEnumerable<IChatSurface> surfaces, OwnSurface own, IRedactor redactor, ILiveUpdates live) : IConsumer<Due<PostReply>>
{
    public Task Consume(ConsumeContext<Due<PostReply>> context) => handling.Handle(context, HandleAsync);

    internal async Task<Effect> HandleAsync(PostReply reply, HandlingContext run)
    {
        foreach (var surface in surfaces.Where(surface => surface.IsOwn))
        {
            var delivery = new ReplyDelivery(
                reply.IncidentId, reply.DeliveryId, reply.ReplyKind, PlainText.Line(redactor.Redact(reply.Text), CardLimits.Reply), new ChatPlace(surface.Name, ""));
            await own.WriteReplyAsync(surface, delivery, run.CancellationToken);
        }

        return scope =>
        {
            foreach (var surface in surfaces.Where(surface => !surface.IsOwn))
            {
                scope.Follow(NewMessage.Of(
                    new PostSurfaceReply(reply.IncidentId, surface.Name, reply.DeliveryId, reply.Text, reply.ReplyKind) { About = reply.About }, Streams.Thread(reply.IncidentId, surface.Name)));
            }

            scope.AfterCommit(() => live.IncidentChanged(reply.IncidentId));
            return Task.CompletedTask;
        };
    }
}
