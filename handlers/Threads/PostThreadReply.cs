using MassTransit;
using OpsBot.Chat.Cards;
using OpsBot.Chat.Threads;
using OpsBot.Contracts.Messages;
using OpsBot.Contracts.Ports;
using OpsBot.Contracts.Threads;
using OpsBot.Runtime.Redaction;
using OpsBot.Storage.Messages;

namespace OpsBot.Handlers.Threads;

/// <summary>Something deserves a reply: post it once on every surface.</summary>
public sealed class PostThreadReply(
    MessageHandling handling, IEnumerable<IChatSurface> surfaces, IRedactor redactor, ILiveUpdates live) : IConsumer<Due<PostReply>>
{
    public Task Consume(ConsumeContext<Due<PostReply>> context) => handling.Handle(context, async (reply, run) =>
    {
        var delivery = new ReplyDelivery(reply.IncidentId, reply.DeliveryId, reply.ReplyKind, PlainText.Line(redactor.Redact(reply.Text), CardLimits.Reply), new ChatPlace("web", ""));
        foreach (var surface in surfaces)
        {
            await Posting.PostAsync(surface, "reply", () => surface.PostReplyAsync(delivery, run.CancellationToken));
        }

        return scope =>
        {
            scope.AfterCommit(() => live.IncidentChanged(reply.IncidentId));
            return Task.CompletedTask;
        };
    });
}
