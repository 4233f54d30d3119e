using MassTransit;
using OpsBot.Chat.Cards;
using OpsBot.Chat.Manners;
using OpsBot.Chat.Threads;
using OpsBot.Contracts.Messages;
using OpsBot.Contracts.Ports;
using OpsBot.Runtime.Redaction;
using OpsBot.Storage.Messages;
using OpsBot.Storage.Threads;

namespace OpsBot.Handlers.Chat;

/// <summary>Say one thing in the thread of an incident on one surface, within its budget.</summary>
public sealed class PostReplyHandler(
    MessageHandling handling, IIncidentReader incidents, IEnumerable<IChatSurface> surfaces, ThreadOpening opening, PostOnce once, ChatManners manners, IRedactor redactor)
    : IConsumer<Due<PostSurfaceReply>>
{
    private const string LastWords = "This was the last message here for this incident: the card above goes on being edited, and the console shows everything.";

    private static readonly Effect Nothing = _ => Task.CompletedTask;

    public Task Consume(ConsumeContext<Due<PostSurfaceReply>> context) => handling.Handle(context, HandleAsync);

    internal async Task<Effect> HandleAsync(PostSurfaceReply reply, HandlingContext run)
    {
        if (surfaces.FirstOrDefault(surface => surface.Name == reply.Surface) is not { } surface
            || await incidents.FindAsync(reply.IncidentId, run.CancellationToken) is not { } detail)
            return Nothing;
        // what waited for the end of quiet hours has not waited for the surface
        run = run with { CreatedAt = manners.MayBePostedFrom(detail.Incident, run.CreatedAt) };
        var found = await opening.FindAsync(surface, detail, disturbs: true, run);
        if (found.Waits is { } notYet)
            return notYet.Effect;
        if (found.Thread is not { } thread || manners.Forbidden(found.Place, reply.About) is not null)
            return Nothing;
        var budget = manners.BudgetFor(thread.Posts, reply.ReplyKind);
        if (budget == ReplyBudget.Spent)
            return Nothing;

        var text = redactor.Redact(reply.Text);
        var delivery = new ReplyDelivery(
            reply.IncidentId, reply.DeliveryId, reply.ReplyKind,
            PlainText.Block(budget == ReplyBudget.Last ? $"{PlainText.Line(text, CardLimits.Reply)}\n{LastWords}" : PlainText.Line(text, CardLimits.Reply).Value, 2 * CardLimits.Reply),
            found.Place, thread.Reference)
        {
            Attachments = ReplyCharts.Of(detail, reply, redactor),
        };
        var result = await once.PostAsync(
            surface, "reply", reply.DeliveryId, found.Place, thread.Reference, run, () => surface.PostReplyAsync(delivery, run.CancellationToken));
        return result is PostResult.Waits waits
            ? waits.Effect
            : async scope =>
            {
                await SurfaceThreadTable.PostedAsync(scope.Transaction, surface.Name, reply.DeliveryId, ((PostResult.Stands)result).Reference, scope.Now);
                await SurfaceThreadTable.SpendAsync(scope.Transaction, reply.IncidentId, surface.Name);
            };
    }
}
