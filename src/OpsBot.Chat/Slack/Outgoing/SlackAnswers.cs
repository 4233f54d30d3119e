using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using OpsBot.Chat.Slack.Blocks;
using OpsBot.Chat.Slack.Wire;
using OpsBot.Chat.Threads;

namespace OpsBot.Chat.Slack.Outgoing;

/// <summary>
/// Posts answers. One that only the asker should see goes by the handle that came with the question, or as an ephemeral message; any other stands in the
/// channel or thread, over several messages where it is long and as a file where it is longer.
/// </summary>
internal sealed class SlackAnswers(SlackPoster poster, SlackUploads uploads, SlackLookup lookup, SlackOptions options, TimeProvider clock)
{
    // Slack gives a handle half an hour; what it may have taken is not looked for longer than that
    private static readonly TimeSpan LookBack = TimeSpan.FromMinutes(30);

    public async Task<SurfaceResult> PostAsync(AnswerDelivery delivery, CancellationToken cancellationToken)
    {
        var messages = TextBlocks.Of(delivery.Text, out var attached).Select(blocks => (JsonArray)blocks.DeepClone()).ToList();
        TextBlocks.AddChoices(messages[^1], delivery.Decisions, delivery.Form is { } form ? AnswerFormValue.Of(form) : null);
        // a conversation with one person is seen by nobody else anyway
        return delivery.OnlyAsker && !delivery.Place.Channel.StartsWith('D')
            ? await WhisperAsync(delivery, messages, cancellationToken)
            : await OpenlyAsync(delivery, messages, attached, cancellationToken);
    }

    private async Task<SurfaceResult> WhisperAsync(AnswerDelivery delivery, List<JsonArray> messages, CancellationToken cancellationToken)
    {
        SlackAnswer answer = new SlackAnswer.Refused("nothing", "there was nothing to say");
        foreach (var blocks in messages)
        {
            answer = Handle(delivery.ReplyHandle) is { } address
                ? await poster.RespondAsync(address, Summary(delivery), blocks, cancellationToken)
                : new SlackAnswer.Refused("no_handle", "there is no response_url");
            if (answer is SlackAnswer.Refused)
                answer = await poster.WhisperAsync(delivery.Place.Channel, delivery.Place.Thread, delivery.AskerId, Summary(delivery), blocks, cancellationToken);
            if (answer is not SlackAnswer.Done)
                break;
        }

        return SlackSurface.Result(answer, delivery.Place.Channel) is SurfaceResult.Posted ? SurfaceResult.Done() : SlackSurface.Result(answer, delivery.Place.Channel);
    }

    private async Task<SurfaceResult> OpenlyAsync(AnswerDelivery delivery, List<JsonArray> messages, bool attached, CancellationToken cancellationToken)
    {
        var (channel, thread) = (delivery.Place.Channel, delivery.Place.Thread);
        var file = attached ? FileName(delivery.DeliveryId) : null;
        var before = LookedUp.Nothing;
        if (messages.Count > 1 || file is not null)
        {
            // of several steps some may have been done by an earlier try
            before = await lookup.FindAsync(channel, thread, delivery.DeliveryId, clock.GetUtcNow() - LookBack, cancellationToken);
            if (before.Problem is SlackAnswer.Later busy)
                return SlackSurface.Result(busy with { NotDone = true }, channel);
        }

        if (file is not null && !before.Files.Contains(file)
            && await uploads.ShareAsync(file, Encoding.UTF8.GetBytes(delivery.Text.Value), "Answer", channel, thread, cancellationToken) is not SlackAnswer.Done and { } failed)
            return SlackSurface.Result(failed, channel);
        SlackAnswer last = new SlackAnswer.Refused("nothing", "there was nothing to say");
        for (var i = 0; i < messages.Count; i++)
        {
            // the last is number 0: it is what stands for the whole when it is looked for
            var part = i == messages.Count - 1 ? 0 : i + 1;
            if (before.Parts.TryGetValue(part, out var stands))
            {
                if (part == 0)
                    return SurfaceResult.DoneBefore(stands.ToString());
                continue;
            }

            last = await poster.PostAsync(channel, thread, Summary(delivery), messages[i], delivery.DeliveryId, part, cancellationToken);
            if (last is SlackAnswer.Refused { Error: "not_in_channel" or "channel_not_found" } && Handle(delivery.ReplyHandle) is not null)
                return await WhisperAsync(delivery, messages, cancellationToken);
            if (last is not SlackAnswer.Done)
                return SlackSurface.Result(last, channel) is SurfaceResult.RetryLater later && i > 0 ? later with { NotPosted = false } : SlackSurface.Result(last, channel);
        }

        return SlackSurface.Result(last, channel);
    }

    private static string Summary(AnswerDelivery delivery) => SlackText.Fit(delivery.Text.IsEmpty ? "(nothing)" : delivery.Text.Value, 300);

    private static string FileName(string deliveryId) => $"answer-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(deliveryId)))[..16]}.txt";

    /// <summary>The handle came from Slack, signed; all the same it is only ever an address of Slack's.</summary>
    private Uri? Handle(string? handle) =>
        Uri.TryCreate(handle, UriKind.Absolute, out var address)
        && ((address.Scheme == Uri.UriSchemeHttps && address.Host == "hooks.slack.com") || (address.Scheme == options.Api.Scheme && address.Authority == options.Api.Authority))
            ? address
            : null;
}
