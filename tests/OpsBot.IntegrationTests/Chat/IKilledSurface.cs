using OpsBot.IntegrationTests.Support;

namespace OpsBot.IntegrationTests.Chat;

/// <summary>
/// A chat surface as <see cref="KillRounds"/> sees it: a service outside of the program, which lives on when the program is killed, with the eyes of a person and
/// a way to speak.
/// </summary>
internal interface IKilledSurface : IAsyncDisposable
{
    /// <summary>As the store names it: <c>slack</c>.</summary>
    string Name { get; }

    /// <summary>Points of the program at which OPSBOT_HOLD_AT can hold it.</summary>
    IReadOnlyList<string> HoldPoints { get; }

    /// <summary>Points of the surface's own calls at which <see cref="Trap"/> can hold one.</summary>
    IReadOnlyList<string> Calls { get; }

    /// <summary>Whether each life comes to a point more than once, so that the second time is worth a kill as well.</summary>
    bool IsOften(string point);

    KillTrap Trap { get; }

    /// <summary>
    /// What the configuration says of the surface: its own section, and <c>chat:</c> with <see cref="KillRounds.Lanes"/> channels and routes to them, so that
    /// what is one message a second a channel does not make the test slow: incidents of lane n are in the environments <c>lane{n}-*</c>.
    /// </summary>
    string Configuration(DataFolder folder);

    /// <summary>Says words in the thread below a card; true once the program has taken them. Said again under the same key it is the same delivery.</summary>
    Task<bool> SayAsync(Standing card, string words, string key, CancellationToken cancellationToken);

    /// <summary>A life of the program has begun.</summary>
    void Begins(OpsBotProcess serve)
    {
    }

    /// <summary>That life ended by a kill.</summary>
    void Died()
    {
    }

    /// <summary>What is asked is answered below the card; a page of ours answers whoever asks and nobody else.</summary>
    bool AnswersInThread => true;

    /// <summary>Everything that everybody there sees now, in order.</summary>
    IReadOnlyList<Standing> Stands { get; }

    /// <summary>Copies beside those, of messages whose answer was lost with a life of the program, where the surface cannot be asked what stands on it.</summary>
    IReadOnlyList<Standing> LeftOver => [];
}

/// <summary>One message that stands on a surface.</summary>
/// <param name="Id">As the surface names it.</param>
/// <param name="Thread">The message that it is a reply to; null for a card.</param>
/// <param name="DeliveryId">What the program keeps with it, of a message in several parts with the part behind it; null where the surface keeps none.</param>
/// <param name="Text">What a person reads in it.</param>
internal sealed record Standing(string Id, string Channel, string? Thread, string? DeliveryId, string Text);
