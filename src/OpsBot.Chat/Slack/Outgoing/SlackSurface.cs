using OpsBot.Chat.Slack.Blocks;
using OpsBot.Chat.Slack.Wire;
using OpsBot.Chat.Threads;

namespace OpsBot.Chat.Slack.Outgoing;

/// <summary>Slack as a surface: one message a card, edited in place; replies below it; answers where they were asked for.</summary>
internal sealed class SlackSurface(SlackPoster poster, SlackMessages messages, SlackLookup lookup, SlackAnswers answers) : IChatSurface
{
    public const string Surface = "slack";

    public string Name => Surface;

    public async Task<SurfaceResult> OpenThreadAsync(CardDelivery delivery, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return delivery.Place.Channel.Length == 0
            ? new SurfaceResult.Failed("No channel of Slack is named for it; see chat.to and chat.routes.")
            : Result(
                await poster.PostAsync(delivery.Place.Channel, thread: null, CardBlocks.Summary(delivery.Card), CardBlocks.Of(delivery.Card), delivery.DeliveryId, 0, cancellationToken),
                delivery.Place.Channel);
    }

    public async Task<SurfaceResult> EditCardAsync(CardDelivery delivery, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (SlackReference.Parse(delivery.ThreadReference) is not { } card)
            return NoThread(delivery.ThreadReference);
        return await poster.EditAsync(card, CardBlocks.Summary(delivery.Card), CardBlocks.Of(delivery.Card), cancellationToken) is var answer && answer is SlackAnswer.Done
            ? SurfaceResult.Done(card.ToString())
            : Result(answer, card.Channel);
    }

    public async Task<SurfaceResult> PostReplyAsync(ReplyDelivery delivery, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (SlackReference.Parse(delivery.ThreadReference) is not { } thread)
            return NoThread(delivery.ThreadReference);
        var draft = new SlackDraft(thread.Channel, thread.Ts, delivery.DeliveryId, delivery.Text) { Attachments = delivery.Attachments };
        var (answer, before) = await messages.PostAsync(draft, cancellationToken);
        return before is { } stands ? SurfaceResult.DoneBefore(stands.ToString()) : Result(answer, thread.Channel);
    }

    public Task<SurfaceResult> AnswerAsync(AnswerDelivery delivery, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return answers.PostAsync(delivery, cancellationToken);
    }

    public async Task<FindResult> FindAsync(UncertainDelivery delivery, CancellationToken cancellationToken)
    {
        var thread = SlackReference.Parse(delivery.ThreadReference);
        var channel = thread?.Channel ?? delivery.Place.Channel;
        if (channel.Length == 0)
            return new FindResult.NotFound();
        var found = await lookup.FindAsync(channel, thread?.Ts ?? delivery.Place.Thread, delivery.DeliveryId, delivery.SentAt, cancellationToken);
        // of an answer in several messages the last carries the number that ends it; without it the rest is posted, and what stands is left out
        if (found.Parts.TryGetValue(0, out var first))
            return new FindResult.Found(first.ToString());
        return found.Problem switch
        {
            null => new FindResult.NotFound(),
            SlackAnswer.Later later => new FindResult.RetryLater(later.After, later.Reason),
            SlackAnswer.Refused { Error: "thread_not_found" or "message_not_found" } => new FindResult.NotFound(),
            SlackAnswer.Refused refused => new FindResult.Unknown(refused.Advice),
            _ => new FindResult.NotFound(),
        };
    }

    /// <summary>An answer of Slack as the port says it.</summary>
    internal static SurfaceResult Result(SlackAnswer answer, string channel) => answer switch
    {
        SlackAnswer.Done done => SurfaceResult.Done(done.Text("ts") is { } ts ? new SlackReference(done.Text("channel") ?? channel, ts).ToString() : null),
        SlackAnswer.Later later => new SurfaceResult.RetryLater(later.After, later.Reason) { NotPosted = later.NotDone },
        SlackAnswer.Refused refused => new SurfaceResult.Failed(refused.Advice),
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    private static SurfaceResult.Failed NoThread(string? reference) =>
        new(reference is null ? "There is no thread to post to: it was never opened." : "What names the thread is no message of Slack.");
}
