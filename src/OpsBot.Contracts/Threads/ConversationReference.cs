namespace OpsBot.Contracts.Threads;

/// <summary>How a conversation of a chat surface is reached, as the surface itself last said.</summary>
/// <param name="Conversation">A channel or chat, without the thread in it.</param>
/// <param name="ServiceUrl">Where the surface's service for it is.</param>
/// <param name="Tenant">Whose it is.</param>
/// <param name="Bot">The surface's own id of the bot there; null where it does not say.</param>
/// <param name="At">When that was said.</param>
public sealed record ConversationReference(string Conversation, string ServiceUrl, string Tenant, string? Bot, DateTimeOffset At);
