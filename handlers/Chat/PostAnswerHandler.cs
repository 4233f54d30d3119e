using MassTransit;
using OpsBot.Chat.Cards;
using OpsBot.Chat.Manners;
using OpsBot.Chat.Threads;
using OpsBot.Contracts.Messages;
using OpsBot.Runtime.Redaction;
using OpsBot.Storage.Messages;
using OpsBot.Storage.Threads;

namespace OpsBot.Handlers.Chat;

/// <summary>Answer somebody where they asked. No budget counts it: they wanted to know.</summary>
public sealed class PostAnswerHandler(
    MessageHandling handling, IEnumerable<IChatSurface> surfaces, PostOnce once, ChatManners manners, IRedactor redactor) : IConsumer<Due<PostAnswer>>
{
    private const int Longest = 30_000;

    public Task Consume(ConsumeContext<Due<PostAnswer>> context) => handling.Handle(context, HandleAsync);

    internal async Task<Effect> HandleAsync(PostAnswer answer, HandlingContext run)
    {
        if (surfaces.FirstOrDefault(surface => surface.Name == answer.Place.Surface) is not { } surface || manners.Forbidden(answer.Place, answer.About) is not null)
            return _ => Task.CompletedTask;
        var delivery = Delivery(answer);
        var result = await once.PostAsync(
            surface, "answer", answer.DeliveryId, answer.Place, answer.Place.Thread, run, () => surface.AnswerAsync(delivery, run.CancellationToken));
        return result is PostResult.Waits waits
            ? waits.Effect
            : scope => SurfaceThreadTable.PostedAsync(scope.Transaction, surface.Name, answer.DeliveryId, ((PostResult.Stands)result).Reference, scope.Now);
    }

    private AnswerDelivery Delivery(PostAnswer answer) => new(
        answer.DeliveryId, answer.Place, PlainText.Block(redactor.Redact(answer.Text), Longest), answer.OnlyAsker, answer.AskerId, answer.ReplyHandle)
    {
        Decisions = [.. answer.Decisions.Select(each => new ProposedDecision(each.ProposalId, each.Version, Line(each.Title), Line(each.Approvers)))],
        Form = answer.Form is { } form ? AnswerForms.Of(form, redactor) : null,
    };

    private PlainText Line(string text) => PlainText.Line(redactor.Redact(text), CardLimits.Excerpt);
}
