using Dapper;
using Npgsql;

namespace OpsBot.Storage.Engine;

/// <summary>A lock of a connection, which the server takes back when that is gone.</summary>
internal sealed class AdvisoryLock(NpgsqlConnection connection, long number) : IAsyncDisposable
{
    public bool IsHeld { get; private set; }

    public async Task<bool> TryTakeAsync(CancellationToken cancellationToken) =>
        IsHeld = await connection.ExecuteScalarAsync<bool>(new CommandDefinition("select pg_try_advisory_lock(@number)", new { number }, cancellationToken: cancellationToken));

    public async ValueTask DisposeAsync()
    {
        try
        {
            // The connection goes back to the pool as it is.
            await connection.ExecuteAsync("select pg_advisory_unlock(@number)", new { number });
        }
        catch (NpgsqlException)
        {
            // It broke, and the lock with it.
        }
        finally
        {
            await connection.DisposeAsync();
        }
    }
}
