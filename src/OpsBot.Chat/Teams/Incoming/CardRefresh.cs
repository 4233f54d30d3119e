using System.Text.Json;
using OpsBot.Chat.Cards;
using OpsBot.Chat.Teams.Cards;
using OpsBot.Chat.Teams.Outgoing;
using OpsBot.Contracts;
using OpsBot.Storage.Threads;

namespace OpsBot.Chat.Teams.Incoming;

/// <summary>The thread of an incident in Teams; null where it has none.</summary>
internal delegate Task<SurfaceThread?> FindThread(long incident, CancellationToken cancellationToken);

/// <summary>
/// Answers a card that asks for its newest state: with the card that stands in its own thread. The number of the incident comes from somebody's client, so
/// a thread elsewhere is none: nobody reads of an incident here whose thread is in a channel that they do not see.
/// </summary>
internal sealed class CardRefresh(FindThread threads)
{
    public async Task<InvokeAnswer> AnswerAsync(long incident, string? conversation, CancellationToken cancellationToken)
    {
        if (await threads(incident, cancellationToken) is not { Card.Length: > 0 } thread
            || ThreadReference.Read(thread.Reference) is not { } reference || reference.Conversation != conversation
            || JsonSerializer.Deserialize<StatusCard>(thread.Card, OpsBotJson.Options) is not { } card)
            return InvokeAnswer.Error("NotFound", "OpsBot has no such card here.");
        return InvokeAnswer.Card(AdaptiveCardRenderer.Render(card, incident));
    }
}
