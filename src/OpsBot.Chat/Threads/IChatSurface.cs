namespace OpsBot.Chat.Threads;

/// <summary>
/// A place where incidents have threads and people get answers. Each delivery carries an id that names it for ever and that the surface
/// keeps with the post, so that it can be found again. Failures come back as results; only cancellation is thrown.
/// </summary>
/// <remarks>
/// Whoever calls keeps order, versions, references and what was posted before: a surface posts what it is given, once a call.
/// </remarks>
public interface IChatSurface
{
    /// <summary><c>web</c>, <c>slack</c>, <c>teams</c>.</summary>
    string Name { get; }

    /// <summary>
    /// The threads live in our own store: nobody is notified, a delivery that is repeated changes nothing, and it has no channels. No budget, route or quiet hour applies.
    /// </summary>
    bool IsOwn => false;

    /// <summary>Posts the card as a new message, whose reference comes back.</summary>
    Task<SurfaceResult> OpenThreadAsync(CardDelivery delivery, CancellationToken cancellationToken);

    /// <summary>Replaces the card that <see cref="CardDelivery.ThreadReference"/> names.</summary>
    Task<SurfaceResult> EditCardAsync(CardDelivery delivery, CancellationToken cancellationToken);

    Task<SurfaceResult> PostReplyAsync(ReplyDelivery delivery, CancellationToken cancellationToken);

    /// <summary>Answers somebody, in a place that may be no incident's thread.</summary>
    Task<SurfaceResult> AnswerAsync(AnswerDelivery delivery, CancellationToken cancellationToken);

    /// <summary>Whether an earlier try of a delivery, whose end we do not know, was posted.</summary>
    Task<FindResult> FindAsync(UncertainDelivery delivery, CancellationToken cancellationToken);
}
