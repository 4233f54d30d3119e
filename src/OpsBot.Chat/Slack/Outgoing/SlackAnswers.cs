using OpsBot.Chat.Slack.Wire;
using OpsBot.Chat.Threads;

namespace OpsBot.Chat.Slack.Outgoing;

/// <summary>
/// Posts answers. One that only the asker should see goes by the handle that came with the question, or as an ephemeral message; any other stands in the
/// channel or thread where it was asked.
/// </summary>
internal sealed class SlackAnswers(SlackPoster poster, SlackMessages messages, SlackOptions options)
{
    public async Task<SurfaceResult> PostAsync(AnswerDelivery delivery, CancellationToken cancellationToken)
    {
        var draft = new SlackDraft(delivery.Place.Channel, delivery.Place.Thread, delivery.DeliveryId, delivery.Text)
        {
            Attachments = delivery.Attachments,
            Decisions = delivery.Decisions,
            Form = delivery.Form,
        };
        // a conversation with one person is seen by nobody else anyway
        if (delivery.OnlyAsker && !delivery.Place.Channel.StartsWith('D'))
            return await WhisperAsync(delivery, draft, cancellationToken);
        var (answer, before) = await messages.PostAsync(draft, cancellationToken);
        if (answer is SlackAnswer.Refused { Error: "not_in_channel" or "channel_not_found" } && Handle(delivery.ReplyHandle) is not null)
            return await WhisperAsync(delivery, draft, cancellationToken);
        return before is { } stands ? SurfaceResult.DoneBefore(stands.ToString()) : SlackSurface.Result(answer, draft.Channel);
    }

    private async Task<SurfaceResult> WhisperAsync(AnswerDelivery delivery, SlackDraft draft, CancellationToken cancellationToken)
    {
        SlackAnswer answer = new SlackAnswer.Refused("nothing", "there was nothing to say");
        foreach (var blocks in draft.Messages(out _))
        {
            answer = Handle(delivery.ReplyHandle) is { } address
                ? await poster.RespondAsync(address, draft.Summary, blocks, cancellationToken)
                : new SlackAnswer.Refused("no_handle", "there is no response_url");
            // a handle runs out after half an hour and five answers
            if (answer is SlackAnswer.Refused)
                answer = await poster.WhisperAsync(draft.Channel, draft.Thread, delivery.AskerId, draft.Summary, blocks, cancellationToken);
            if (answer is not SlackAnswer.Done)
                return SlackSurface.Result(answer, draft.Channel);
        }

        return SurfaceResult.Done();
    }

    /// <summary>The handle came from Slack, signed; all the same it is only ever an address of Slack's.</summary>
    private Uri? Handle(string? handle) =>
        Uri.TryCreate(handle, UriKind.Absolute, out var address)
        && ((address.Scheme == Uri.UriSchemeHttps && address.Host == "hooks.slack.com") || (address.Scheme == options.Api.Scheme && address.Authority == options.Api.Authority))
            ? address
            : null;
}
