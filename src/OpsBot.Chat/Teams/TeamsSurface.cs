using System.Text.Json.Nodes;
using OpsBot.Chat.Cards;
using OpsBot.Chat.Teams.Cards;
using OpsBot.Chat.Teams.Incoming;
using OpsBot.Chat.Teams.Outgoing;
using OpsBot.Chat.Teams.Wire;
using OpsBot.Chat.Threads;
using OpsBot.Contracts.Threads;

namespace OpsBot.Chat.Teams;

/// <summary>Microsoft Teams as a surface: a thread of a channel for each incident, or a card in a chat, edited in place.</summary>
internal sealed class TeamsSurface(
    TeamsOptions options, ConnectorClient connector, Conversations conversations, ChartPicture pictures, PartsPosted parts) : IChatSurface
{
    // As base64, and with the longest reply above it, it stays below what an activity may have.
    private const int MaxPictureBytes = 16 * 1024;

    private static readonly int[] PictureWidths = [640, 420];

    public string Name => ActivityReading.Surface;

    public async Task<SurfaceResult> OpenThreadAsync(CardDelivery delivery, CancellationToken cancellationToken)
    {
        var channel = delivery.Place.Channel;
        if (channel.Length == 0) return new SurfaceResult.Failed("No channel of Teams is named; write teams:19:…@thread.tacv2 under chat.to or a route.");
        var activity = Message(AdaptiveCardRenderer.Render(delivery.Card, delivery.IncidentId), Notification.Of(delivery.Card));
        var there = await conversations.OfAsync(channel, cancellationToken);
        if (ThreadReference.IsChat(channel))
        {
            var posted = await connector.PostAsync(there.ServiceUrl, channel, null, activity, cancellationToken);
            return Result(posted, done => done.Id is { Length: > 0 } id ? new ThreadReference(channel, id, IsThread: false).ToString() : null);
        }

        var opened = await connector.CreateAsync(there.ServiceUrl, channel, new NewConversation
        {
            IsGroup = true,
            Bot = new Account(there.Bot),
            TenantId = there.Tenant,
            ChannelData = new ChannelData(Tenant: new NamedThing(there.Tenant), Channel: new NamedThing(channel)),
            Activity = activity,
        }, cancellationToken);
        return Result(opened, done => ThreadReference.OfNew(channel, done)?.ToString());
    }

    public async Task<SurfaceResult> EditCardAsync(CardDelivery delivery, CancellationToken cancellationToken)
    {
        if (ThreadReference.Read(delivery.ThreadReference) is not { } thread) return NoThread();
        var activity = Message(AdaptiveCardRenderer.Render(delivery.Card, delivery.IncidentId), Notification.Of(delivery.Card));
        var answer = await connector.UpdateAsync(await ServiceOfAsync(thread.Channel, cancellationToken), thread.Conversation, thread.Activity, activity, cancellationToken);
        return Result(answer, _ => delivery.ThreadReference);
    }

    public async Task<SurfaceResult> PostReplyAsync(ReplyDelivery delivery, CancellationToken cancellationToken)
    {
        if (ThreadReference.Read(delivery.ThreadReference) is not { } thread) return NoThread();
        var cards = TextCards.Of(delivery.Text.Value).ToList();
        await AddAsync(cards, delivery.Attachments, cancellationToken);
        var target = new Target(await ServiceOfAsync(thread.Channel, cancellationToken), thread.Conversation, thread.IsThread ? thread.Activity : null);
        return await PostAllAsync(delivery.DeliveryId, target, cards, Notification.OfReply(delivery.IncidentId), cancellationToken);
    }

    public async Task<SurfaceResult> AnswerAsync(AnswerDelivery delivery, CancellationToken cancellationToken)
    {
        var cards = TextCards.Of(delivery.Text.Value).ToList();
        TextCards.Add(cards[^1], delivery);
        await AddAsync(cards, delivery.Attachments, cancellationToken);
        var (target, problem) = await TargetAsync(delivery, cancellationToken);
        return problem ?? await PostAllAsync(delivery.DeliveryId, target!, cards, "OpsBot answers", cancellationToken);
    }

    public Task<FindResult> FindAsync(UncertainDelivery delivery, CancellationToken cancellationToken) => Task.FromResult<FindResult>(
        new FindResult.Unknown("the Bot Connector can write messages and not read them"));

    /// <summary>What only the asker should see goes into a chat with them; where the bot may not open one, below their own words.</summary>
    private async Task<(Target? Target, SurfaceResult? Problem)> TargetAsync(AnswerDelivery delivery, CancellationToken cancellationToken)
    {
        if (ReplyHandle.Read(delivery.ReplyHandle) is not { } handle)
            return (new Target(await ServiceOfAsync(delivery.Place.Channel, cancellationToken), Conversation(delivery.Place), delivery.Place.Thread), null);
        var there = new Target(handle.ServiceUrl, handle.Conversation, null);
        if (!delivery.OnlyAsker || handle.IsPersonal) return (there, null);
        var opened = await connector.CreateAsync(handle.ServiceUrl, handle.User, new NewConversation
        {
            Bot = new Account(handle.Bot ?? $"28:{options.AppId}"),
            Members = [new Account(handle.User)],
            TenantId = handle.Tenant,
            ChannelData = new ChannelData(Tenant: new NamedThing(handle.Tenant)),
        }, cancellationToken);
        return opened switch
        {
            ConnectorAnswer.Done { Id: { Length: > 0 } id } => (new Target(handle.ServiceUrl, id, null), null),
            // nothing has been said yet, so nothing is said twice
            ConnectorAnswer.Later later => (null, new SurfaceResult.RetryLater(later.After, later.Reason) { NotPosted = true }),
            _ => (there, null),
        };
    }

    private async Task<string> ServiceOfAsync(string channel, CancellationToken cancellationToken) =>
        (await conversations.OfAsync(channel, cancellationToken)).ServiceUrl;

    /// <summary>One after the other; what stands after a failure is not posted again by the next try of this process.</summary>
    private async Task<SurfaceResult> PostAllAsync(
        string deliveryId, Target target, List<JsonObject> cards, string summary, CancellationToken cancellationToken)
    {
        string? first = null;
        for (var i = parts.Of(deliveryId); i < cards.Count; i++)
        {
            var answer = await connector.PostAsync(target.ServiceUrl, target.Conversation, target.ReplyTo, Message(cards[i], summary), cancellationToken);
            if (answer is not ConnectorAnswer.Done done) return Result(answer, _ => null);
            first ??= done.Id;
            parts.Posted(deliveryId, i + 1);
        }

        parts.Forget(deliveryId);
        return SurfaceResult.Done(first);
    }

    private async Task AddAsync(List<JsonObject> cards, IReadOnlyList<ReplyAttachment> attachments, CancellationToken cancellationToken)
    {
        foreach (var attachment in attachments)
        {
            if (attachment.MediaType == "text/plain")
                cards.AddRange(TextCards.Of(PlainText.Block(System.Text.Encoding.UTF8.GetString(attachment.Bytes), int.MaxValue - 2).Value, monospace: true));
            else if (await pictures.PngAsync(attachment, PictureWidths, MaxPictureBytes, cancellationToken) is { } png)
                // inside the card itself: there is no address of ours that Teams' clients could load a picture from
                TextCards.AddPicture(cards, $"data:image/png;base64,{Convert.ToBase64String(png)}", attachment.Name, attachment.Title);
            else
                cards.AddRange(TextCards.Of($"{attachment.Title.Value} ({attachment.Name}; the console shows it)"));
        }
    }

    private static Activity Message(JsonObject card, string summary) => new()
    {
        Type = "message",
        Summary = summary,
        Attachments = [new Attachment(CardElements.ContentType, card)],
    };

    private static string Conversation(ChatPlace place) => place.Thread is null ? place.Channel : $"{place.Channel};messageid={place.Thread}";

    private static SurfaceResult Result(ConnectorAnswer answer, Func<ConnectorAnswer.Done, string?> reference) => answer switch
    {
        ConnectorAnswer.Done done => reference(done) is { } known
            ? SurfaceResult.Done(known)
            : new SurfaceResult.Failed("Teams took it and did not say where it stands, so it cannot be edited or replied to."),
        ConnectorAnswer.Later later => new SurfaceResult.RetryLater(later.After, later.Reason) { NotPosted = later.NotPosted },
        _ => new SurfaceResult.Failed(((ConnectorAnswer.Never)answer).Reason + "."),
    };

    private static SurfaceResult.Failed NoThread() => new("There is no thread of it in Teams; open it before editing or replying.");

    private sealed record Target(string ServiceUrl, string Conversation, string? ReplyTo);
}
