using System.Text.Json;
using Microsoft.Extensions.Logging;
using OpsBot.Chat.Slack.Blocks;
using OpsBot.Chat.Slack.Wire;
using OpsBot.Contracts;
using OpsBot.Contracts.Events;
using OpsBot.Contracts.Ports;
using OpsBot.Contracts.Telemetry;

namespace OpsBot.Chat.Slack.Incoming;

/// <summary>Stores what Slack says as rows. Returning means committed: only then is Slack told that we have it.</summary>
internal sealed class SlackInbox(IIntake intake, SlackReader reader, SlackDirectory directory, SlackApi api, ILogger<SlackInbox> log)
{
    public const string Source = "slack";

    public async Task EventAsync(JsonElement body, CancellationToken cancellationToken) =>
        await TakeAsync(reader.Event(body, await directory.SelfAsync(cancellationToken)), cancellationToken);

    public Task InteractionAsync(JsonElement body, CancellationToken cancellationToken) => TakeAsync(reader.Interaction(body), cancellationToken);

    public Task CommandAsync(Func<string, string?> field, CancellationToken cancellationToken) => TakeAsync(reader.Command(field), cancellationToken);

    private async Task TakeAsync(SlackSaid said, CancellationToken cancellationToken)
    {
        switch (said)
        {
            case SlackSaid.Chat { Received: var chat }:
                chat = chat with { Speaker = chat.Speaker with { Email = await directory.EmailAsync(chat.Speaker.UserId, cancellationToken) } };
                await StoreAsync(chat.EventId, ChatReceived.Kind, chat.Stream, JsonSerializer.Serialize(chat, OpsBotJson.Options), cancellationToken);
                break;
            case SlackSaid.Alert { Reported: var alert, DeliveryKey: var key }:
                await StoreAsync(key, AlertReported.Kind, $"{alert.Source}/{alert.IncidentKey}", JsonSerializer.Serialize(alert, OpsBotJson.Options), cancellationToken);
                break;
            case SlackSaid.Form form:
                await OpenAsync(form, cancellationToken);
                break;
        }
    }

    private Task<IntakeResult> StoreAsync(string key, string kind, string stream, string body, CancellationToken cancellationToken) =>
        intake.AcceptAsync(new Delivery(Source, key, [new DeliveredMessage(kind, stream, body)]) { Trace = TraceContext.Current }, cancellationToken);

    private async Task OpenAsync(SlackSaid.Form form, CancellationToken cancellationToken)
    {
        var view = FormView.Of(form.Value, form.Place);
        if (BlockRules.OfModal(view) is [var wrong, ..])
            SlackLog.NoForm(log, wrong);
        else if (await api.CallAsync("views.open", cancellationToken, ("trigger_id", form.Trigger), ("view", view)) is SlackAnswer.Refused refused)
            SlackLog.NoForm(log, refused.Advice);
    }
}
