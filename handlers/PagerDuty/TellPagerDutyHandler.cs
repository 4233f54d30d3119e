using MassTransit;
using OpsBot.Chat.Cards;
using OpsBot.Chat.Manners;
using OpsBot.Chat.PagerDuty;
using OpsBot.Chat.Threads;
using OpsBot.Contracts.Messages;
using OpsBot.Contracts.Ports;
using OpsBot.Contracts.Threads;
using OpsBot.Runtime.Redaction;
using OpsBot.Storage.Messages;
using OpsBot.Storage.Threads;

namespace OpsBot.Handlers.PagerDuty;

/// <summary>Tell PagerDuty something about one of its incidents, once.</summary>
public sealed class TellPagerDutyHandler(
    MessageHandling handling, PagerDutyClient client, IIncidentReader incidents, SurfaceThreads deliveries, ChatManners manners, IRedactor redactor)
    : IConsumer<Due<TellPagerDuty>>
{
    private const string There = "pagerduty";
    private const int LongestNote = 2000;

    public Task Consume(ConsumeContext<Due<TellPagerDuty>> context) => handling.Handle(context, HandleAsync);

    internal async Task<Effect> HandleAsync(TellPagerDuty tell, HandlingContext run)
    {
        if (await incidents.FindAsync(tell.IncidentId, run.CancellationToken) is not { } detail
            || manners.Forbidden(detail.Incident, new ChatPlace(There, "")) is not null)
            return _ => Task.CompletedTask;
        var before = await deliveries.DeliveryAsync(There, tell.DeliveryId, run.CancellationToken);
        if (before is { Status: DeliveryStatus.Posted })
            return _ => Task.CompletedTask;
        await run.CommitStepAsync(scope => SurfaceThreadTable.SentAsync(scope.Transaction, There, tell.DeliveryId, scope.Now));
        var result = tell.What == "note"
            ? await client.NoteAsync(
                tell.PagerDutyId, PlainText.Block(redactor.Redact(tell.Text), LongestNote).Value, tell.DeliveryId, look: before is not null, run.CancellationToken)
            : await client.AcknowledgeAsync(tell.PagerDutyId, run.CancellationToken);
        return result switch
        {
            SurfaceResult.RetryLater later => throw new HandlingException(FailureCategory.RateLimited, later.Reason, later.After),
            SurfaceResult.Failed failed => throw new HandlingException(FailureCategory.Refused, failed.Reason),
            _ => scope => SurfaceThreadTable.PostedAsync(scope.Transaction, There, tell.DeliveryId, null, scope.Now),
        };
    }
}
