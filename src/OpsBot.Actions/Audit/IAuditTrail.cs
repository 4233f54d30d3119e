using OpsBot.Contracts.Actions;
using OpsBot.Storage.Engine;

namespace OpsBot.Actions.Audit;

/// <summary>Writes the audit, in the transaction of what it tells of.</summary>
public interface IAuditTrail
{
    Task AppendAsync(StoreTransaction transaction, AuditEntry entry, DateTimeOffset at);
}
