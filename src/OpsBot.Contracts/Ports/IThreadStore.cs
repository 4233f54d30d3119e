using OpsBot.Contracts.Threads;

namespace OpsBot.Contracts.Ports;

/// <summary>What became of a write to a thread.</summary>
public enum ThreadWrite
{
    Done,

    /// <summary>It was there already (same delivery id, or a card of this version or a newer one); nothing was changed.</summary>
    AlreadyDone,

    /// <summary>The incident has no thread; nothing was written. Open it first.</summary>
    NoThread,
}

/// <summary>Keeps the threads that live in our own store: those of the web console. Returning means committed.</summary>
public interface IThreadStore
{
    /// <summary>Makes the thread of an incident, with its first card.</summary>
    /// <param name="card">The status card as JSON in <see cref="OpsBotJson.Options"/>.</param>
    /// <param name="version">Rises with every card of an incident; <see cref="JournalRun.Version"/> of the message that asked for it.</param>
    Task<ThreadWrite> OpenAsync(long incidentId, string card, long version, CancellationToken cancellationToken);

    /// <summary>Replaces the card, unless the one kept is of this version or newer.</summary>
    Task<ThreadWrite> SaveCardAsync(long incidentId, string card, long version, CancellationToken cancellationToken);

    /// <summary>Appends a reply. (incident, <see cref="ThreadReply.DeliveryId"/>) is unique.</summary>
    Task<ThreadWrite> AppendReplyAsync(long incidentId, ThreadReply reply, CancellationToken cancellationToken);
}
