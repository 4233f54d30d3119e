using System.Text.Json;
using Microsoft.Extensions.Logging;
using OpsBot.Chat.Slack.Blocks;
using OpsBot.Chat.Slack.Wire;
using OpsBot.Chat.Threads;
using OpsBot.Contracts;
using OpsBot.Contracts.Events;
using OpsBot.Contracts.Ports;
using OpsBot.Contracts.Telemetry;

namespace OpsBot.Chat.Slack.Incoming;

/// <summary>Stores what Slack says as rows. Returning means committed: only then is Slack told that we have it.</summary>
internal sealed class SlackInbox(
    IIntake intake, SlackReader reader, SlackDirectory directory, SlackApi api, IEnumerable<IFormsAtOnce> forms, TimeProvider clock, ILogger<SlackInbox> log)
{
    public const string Source = "slack";

    // Of the three seconds that Slack lets a trigger open something: of a command a row has to be stored within them where that fails.
    private static readonly TimeSpan CommandLimit = TimeSpan.FromMilliseconds(1_200), ButtonLimit = TimeSpan.FromMilliseconds(2_200);

    public async Task EventAsync(JsonElement body, CancellationToken cancellationToken) =>
        await TakeAsync(reader.Event(body, await directory.SelfAsync(cancellationToken)), cancellationToken);

    public Task InteractionAsync(JsonElement body, CancellationToken cancellationToken) => TakeAsync(reader.Interaction(body), cancellationToken);

    public Task CommandAsync(Func<string, string?> field, CancellationToken cancellationToken) => TakeAsync(reader.Command(field), cancellationToken);

    private async Task TakeAsync(SlackSaid heard, CancellationToken cancellationToken)
    {
        switch (heard)
        {
            case SlackSaid.Chat { Received: var chat } said:
                chat = chat with { Speaker = chat.Speaker with { Email = await directory.EmailAsync(chat.Speaker.UserId, cancellationToken) } };
                // a form changes nothing and needs no row; where it cannot be opened, the row's answer asks
                if (said.Trigger is { } trigger && forms.Select(each => each.Find(chat)).OfType<AnswerForm>().FirstOrDefault() is { } asked
                    && await IsOpenedAsync(new SlackSaid.Form(trigger, AnswerFormValue.Of(asked), chat.Place), CommandLimit, cancellationToken))
                    break;
                await StoreAsync(chat.EventId, ChatReceived.Kind, chat.Stream, JsonSerializer.Serialize(chat, OpsBotJson.Options), cancellationToken);
                break;
            case SlackSaid.Alert { Reported: var alert, DeliveryKey: var key }:
                await StoreAsync(key, AlertReported.Kind, $"{alert.Source}/{alert.IncidentKey}", JsonSerializer.Serialize(alert, OpsBotJson.Options), cancellationToken);
                break;
            case SlackSaid.Form form:
                await IsOpenedAsync(form, ButtonLimit, cancellationToken);
                break;
        }
    }

    private Task<IntakeResult> StoreAsync(string key, string kind, string stream, string body, CancellationToken cancellationToken) =>
        intake.AcceptAsync(new Delivery(Source, key, [new DeliveredMessage(kind, stream, body)]) { Trace = TraceContext.Current }, cancellationToken);

    private async Task<bool> IsOpenedAsync(SlackSaid.Form form, TimeSpan within, CancellationToken cancellationToken)
    {
        var view = FormView.Of(form.Value, form.Place);
        if (BlockRules.OfModal(view) is [var wrong, ..])
        {
            SlackLog.NoForm(log, wrong);
            return false;
        }

        using var limit = new CancellationTokenSource(within, clock);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            var answer = await api.CallAsync("views.open", both.Token, ("trigger_id", form.Trigger), ("view", view));
            if (answer is not SlackAnswer.Done)
                SlackLog.NoForm(log, answer is SlackAnswer.Refused refused ? refused.Advice : ((SlackAnswer.Later)answer).Reason);
            return answer is SlackAnswer.Done;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            SlackLog.NoForm(log, "Slack did not answer in time");
            return false;
        }
    }
}
