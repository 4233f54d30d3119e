using OpsBot.Contracts.Threads;

namespace OpsBot.Contracts.Ports;

/// <summary>Keeps how conversations are reached, over a restart and for all hosts of a store.</summary>
public interface IConversationReferences
{
    /// <summary>Of that conversation; else the newest of its tenant; else null.</summary>
    /// <param name="tenant">Used where the conversation itself is not known.</param>
    Task<ConversationReference?> FindAsync(string surface, string conversation, string tenant, CancellationToken cancellationToken);

    /// <summary>What was said later stays; the same said again is no write. Returning means committed.</summary>
    Task SaveAsync(string surface, ConversationReference reference, CancellationToken cancellationToken);
}
