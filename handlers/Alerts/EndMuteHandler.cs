using MassTransit;
using OpsBot.Contracts.Messages;
using OpsBot.Incidents.Desk;
using OpsBot.Storage.Messages;

namespace OpsBot.Handlers.Alerts;

/// <summary>A mute is over: what it held back and still fires is taken up.</summary>
public sealed class EndMuteHandler(MessageHandling handling) : IConsumer<Due<EndMute>>
{
    public Task Consume(ConsumeContext<Due<EndMute>> context) => handling.Handle(context, (timer, scope) => MuteDesk.DueAsync(timer.Fingerprint, scope));
}
