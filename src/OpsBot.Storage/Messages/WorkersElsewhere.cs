using System.Collections.Concurrent;
using Dapper;
using OpsBot.Storage.Engine;

namespace OpsBot.Storage.Messages;

/// <summary>
/// Liveness for processes of several hosts: each holds a session lock in the database for as long as it lives and reaches it. One without a lock is dead when it
/// has been so for a while in which we ourselves were present: after a restart of the database all lose theirs at once and take them again. A host that lives and was
/// taken for dead loses its leases and nothing else.
/// </summary>
internal sealed class WorkersElsewhere(WorkerLocks own, PostgresPresence presence, IStoreReader reader, StoreClock clock) : IWorkerLiveness
{
    /// <summary>How long one must have been gone.</summary>
    internal static readonly TimeSpan Grace = TimeSpan.FromSeconds(8);

    private const string WithoutLock =
        """
        select owner from unnest(@owners) as o (owner)
        where not exists (select 1 from pg_locks l
          where l.locktype = 'advisory' and l.objsubid = 2 and l.database = (select oid from pg_database where datname = current_database())
            and l.classid = @LockClass and l.objid = (hashtext(o.owner)::bigint & 4294967295)::oid and l.granted)
        """;

    private readonly ConcurrentDictionary<string, long> _goneSince = new(StringComparer.Ordinal);

    public WorkerIdentity Own => own.Own;

    public async Task<IReadOnlyCollection<string>> DeadOfAsync(IReadOnlyCollection<string> owners, CancellationToken cancellationToken)
    {
        var others = owners.Where(owner => owner != Own.Owner).ToArray();
        if (others.Length == 0 || presence.PresentFor is not { } present)
        {
            _goneSince.Clear();
            return [];
        }

        var gone = (await reader.ReadAsync(
            connection => connection.QueryAsync<string>(WithoutLock, new { owners = others, PostgresPresence.LockClass }), cancellationToken)).ToHashSet();
        foreach (var back in _goneSince.Keys.Where(owner => !gone.Contains(owner)))
        {
            _goneSince.TryRemove(back, out _);
        }

        return present < Grace ? [] : [.. gone.Where(owner => clock.GetElapsedTime(_goneSince.GetOrAdd(owner, _ => clock.GetTimestamp())) >= Grace)];
    }
}
