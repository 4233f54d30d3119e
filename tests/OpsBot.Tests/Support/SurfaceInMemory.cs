using System.Collections.Concurrent;
using OpsBot.Chat.Threads;

namespace OpsBot.Tests.Support;

/// <summary>A chat service in memory that keeps every message, whoever asks how often: what is posted twice stands twice.</summary>
internal sealed class SurfaceInMemory(string name = "slack") : IChatSurface
{
    private int _number;

    /// <summary>What a call is answered instead, next first; a null posts it and then loses the answer.</summary>
    public Queue<SurfaceResult?> Instead { get; } = new();

    /// <summary>Makes trouble of all kinds at random; null for none.</summary>
    public Random? Chaos { get; set; }

    public List<(string Id, string Reference, string? Thread, string Text)> Messages { get; } = [];

    public ConcurrentDictionary<string, (string State, int Edits)> Cards { get; } = [];

    public List<AnswerDelivery> Answers { get; } = [];

    public List<ReplyDelivery> Replies { get; } = [];

    /// <summary>What it says of uncertain deliveries; null looks.</summary>
    public FindResult? Finds { get; set; }

    public int Looks { get; private set; }

    public string Name => name;

    public IEnumerable<string> Texts => Messages.Select(message => message.Text);

    public Task<SurfaceResult> OpenThreadAsync(CardDelivery delivery, CancellationToken cancellationToken) => PostAsync(delivery.DeliveryId, null, "card", reference =>
        Cards[reference] = (delivery.Card.State, 0));

    public Task<SurfaceResult> EditCardAsync(CardDelivery delivery, CancellationToken cancellationToken)
    {
        if (Instead.TryPeek(out var instead) && instead is not null)
            return Task.FromResult(Instead.Dequeue()!);
        Cards[delivery.ThreadReference!] = (delivery.Card.State, Cards[delivery.ThreadReference!].Edits + 1);
        return Task.FromResult(SurfaceResult.Done(delivery.ThreadReference));
    }

    public Task<SurfaceResult> PostReplyAsync(ReplyDelivery delivery, CancellationToken cancellationToken) =>
        PostAsync(delivery.DeliveryId, delivery.ThreadReference, delivery.Text.Value, _ => Replies.Add(delivery));

    public Task<SurfaceResult> AnswerAsync(AnswerDelivery delivery, CancellationToken cancellationToken) =>
        PostAsync(delivery.DeliveryId, delivery.Place.Thread, delivery.Text.Value, _ => Answers.Add(delivery));

    public Task<FindResult> FindAsync(UncertainDelivery delivery, CancellationToken cancellationToken)
    {
        Looks++;
        return Task.FromResult(Finds ?? (Messages.Find(message => message.Id == delivery.DeliveryId) is { Reference: { } reference }
            ? new FindResult.Found(reference)
            : new FindResult.NotFound()));
    }

    private Task<SurfaceResult> PostAsync(string id, string? thread, string text, Action<string> keep)
    {
        var chance = Chaos?.Next(5);
        if (chance is 0 or 1)
            return Task.FromResult<SurfaceResult>(new SurfaceResult.RetryLater(TimeSpan.FromSeconds(1), "not now") { NotPosted = chance == 0 });
        var lost = Instead.TryDequeue(out var instead);
        if (lost && instead is not null)
            return Task.FromResult(instead);
        var reference = $"C1/{++_number}";
        Messages.Add((id, reference, thread, text));
        keep(reference);
        if (lost)
            throw new IOException("the connection ended before the answer");
        return Task.FromResult(chance == 2 ? new SurfaceResult.RetryLater(TimeSpan.FromSeconds(1), "posted, and nobody heard of it") : SurfaceResult.Done(reference));
    }
}
