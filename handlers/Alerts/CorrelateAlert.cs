using MassTransit;
using OpsBot.Contracts.Events;
using OpsBot.Contracts.Messages;
using OpsBot.Incidents.Desk;
using OpsBot.Storage.Messages;
using OpsBot.Watches.Ticks;

namespace OpsBot.Handlers.Alerts;

/// <summary>An alert came in: find or open its incident.</summary>
public sealed class CorrelateAlert(MessageHandling handling, IncidentDesk incidents) : IConsumer<Due<AlertReported>>
{
    public Task Consume(ConsumeContext<Due<AlertReported>> context) =>
        handling.Handle(
            context,
            async (alert, scope) =>
            {
                await incidents.TakeAsync(alert, scope);
                await WatchNews.TellLateAsync(alert, scope);
            },
            incidents.Ahead);
}
