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
        if (IsOutside(answer))
            return Handle(delivery.ReplyHandle) is not null ? await WhisperAsync(delivery, draft, cancellationToken) : await AsideAsync(delivery, draft, cancellationToken);
        return before is { } stands ? SurfaceResult.DoneBefore(stands.ToString()) : SlackSurface.Result(answer, draft.Channel);
    }

    /// <summary>A slash command works where the bot is no member: then what is said there is answered in the conversation of the two.</summary>
    private async Task<SurfaceResult> AsideAsync(AnswerDelivery delivery, SlackDraft draft, CancellationToken cancellationToken)
    {
        // of a user's id Slack makes the conversation with them
        var (answer, before) = await messages.PostAsync(draft with { Channel = delivery.AskerId, Thread = null }, cancellationToken);
        return before is { } stands ? SurfaceResult.DoneBefore(stands.ToString()) : SlackSurface.Result(answer, delivery.AskerId);
    }

    private static bool IsOutside(SlackAnswer answer) => answer is SlackAnswer.Refused { Error: "not_in_channel" or "channel_not_found" };

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
            if (IsOutside(answer))
                return await AsideAsync(delivery, draft, cancellationToken);
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
