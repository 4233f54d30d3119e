using OpsBot.Contracts.Ports;
using OpsBot.Contracts.Threads;

namespace OpsBot.Tests.Chat.Teams;

/// <summary>Keeps how conversations are reached, as the store does; what the store itself promises is tested there.</summary>
internal sealed class InMemoryReferences : IConversationReferences
{
    private readonly Dictionary<string, ConversationReference> _kept = new(StringComparer.Ordinal);

    public IReadOnlyCollection<ConversationReference> Kept => _kept.Values;

    public Exception? Fault { get; set; }

    public Task<ConversationReference?> FindAsync(string surface, string conversation, string tenant, CancellationToken cancellationToken) => Task.FromResult(
        _kept.GetValueOrDefault(conversation) ?? _kept.Values.Where(each => each.Tenant == tenant).MaxBy(each => each.At));

    public Task SaveAsync(string surface, ConversationReference reference, CancellationToken cancellationToken)
    {
        if (Fault is { } fault) throw fault;
        if (_kept.GetValueOrDefault(reference.Conversation) is not { } known || known.At <= reference.At) _kept[reference.Conversation] = reference;
        return Task.CompletedTask;
    }
}
