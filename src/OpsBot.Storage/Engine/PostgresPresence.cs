using System.Globalization;
using Dapper;
using Microsoft.Extensions.Logging;
using Npgsql;
using OpsBot.Storage.Messages;
using OpsBot.Storage.Threads;

namespace OpsBot.Storage.Engine;

/// <summary>
/// This process's presence among the hosts of a PostgreSQL store, on a connection of its own: a session lock that says that it lives, another that says which
/// migrations it knows, an ear for what others wrote, and the database's clock. Without it nothing is lost: leases run out, and pumps look by themselves.
/// </summary>
internal sealed partial class PostgresPresence(
    PostgresStore store, WorkerIdentity own, MessageSignal signal, LiveUpdates live, StoreClock clock, ILogger<PostgresPresence> log) : IStorePresence
{
    /// <summary>First half of the key of a worker's lock; the second is its owner's hash.</summary>
    internal const int LockClass = 0x6F70;

    /// <summary>First half of the key of what a host knows; the second is the store's schema and the newest migration.</summary>
    internal const int VersionClass = 0x6F71;

    private const string Channel = "opsbot_messages";

    /// <summary>Incidents that changed: the owner, then their numbers, with a space before each.</summary>
    private const string IncidentChannel = "opsbot_incidents";

    /// <summary>So that the text stays below what a notification takes, 8,000 bytes, whatever the numbers.</summary>
    private const int MostIncidents = 300;

    private static readonly TimeSpan Reconnect = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan ClockEvery = TimeSpan.FromSeconds(30);

    /// <summary>Others are told at most this often; what they are told is only that there is something.</summary>
    private static readonly TimeSpan TellEvery = TimeSpan.FromMilliseconds(50);

    private readonly ILogger _log = log;
    private long _since = -1;
    private bool _isAway;

    /// <summary>How long we have been present without a break; null where we are not.</summary>
    public TimeSpan? PresentFor => Volatile.Read(ref _since) is >= 0 and var since ? clock.GetElapsedTime(since) : null;

    /// <exception cref="StoreException">Since we were last present the store has become one that this version cannot use.</exception>
    public async Task RunAsync(CancellationToken stoppingToken)
    {
        using var ends = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
        Task[] all = [ListenAsync(ends.Token), TellAsync(ends.Token), TellIncidentsAsync(ends.Token)];
        await Task.WhenAny(all);
        await ends.CancelAsync();
        await Task.WhenAll(all);
    }

    private async Task ListenAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await using var connection = await store.OpenAsync(stoppingToken);
                await BePresentAsync(connection, stoppingToken);
            }
            catch (Exception failure) when (failure is NpgsqlException or System.IO.IOException or System.Net.Sockets.SocketException or TimeoutException)
            {
                if (!_isAway)
                {
                    _isAway = true;
                    LogAway(failure.Message);
                }

                await Task.Delay(Reconnect, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            finally
            {
                Volatile.Write(ref _since, -1);
            }
        }
    }

    private async Task BePresentAsync(NpgsqlConnection connection, CancellationToken stoppingToken)
    {
        connection.Notification += (_, told) => Hear(told.Channel, told.Payload);
        await TellVersionAsync(connection, stoppingToken);
        await connection.ExecuteAsync(new CommandDefinition(
            $"select pg_advisory_lock({LockClass}, hashtext(@Owner)); listen {Channel}; listen {IncidentChannel}", own, cancellationToken: stoppingToken));
        Volatile.Write(ref _since, clock.GetTimestamp());
        if (_isAway)
        {
            _isAway = false;
            LogBack();
            live.EndReaders();
        }

        // Whatever was told while we were not there.
        signal.Hear();
        while (true)
        {
            await store.AgreeOnTimeAsync(connection, stoppingToken);
            await connection.WaitAsync(ClockEvery, stoppingToken);
        }
    }

    /// <summary>What is told is a hint, whoever tells it: who may write to the database may say anything here.</summary>
    private void Hear(string channel, string told)
    {
        var words = told.Split(' ');
        if (words[0] == own.Owner)
        {
            return;
        }

        if (channel != IncidentChannel)
        {
            signal.Hear();
            return;
        }

        foreach (var word in words.AsSpan(1))
        {
            if (long.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out var incident))
            {
                live.Hear(incident);
            }
        }
    }

    /// <summary>Under the lock of whoever migrates: either it sees us, or we see what it did.</summary>
    private static async Task TellVersionAsync(NpgsqlConnection connection, CancellationToken stoppingToken)
    {
        await using var transaction = await connection.BeginTransactionAsync(stoppingToken);
        await connection.ExecuteAsync(new CommandDefinition("select pg_advisory_xact_lock(@WriterLock)", new { PostgresStore.WriterLock }, transaction, cancellationToken: stoppingToken));
        Migrator.ThrowIfTooOld(connection);
        await connection.ExecuteAsync(new CommandDefinition(
            $"select pg_advisory_lock_shared({VersionClass}, ((hashtext(current_schema()) & 32767) << 16) | @Known)", new { Migrator.Known }, transaction, cancellationToken: stoppingToken));
        await transaction.CommitAsync(stoppingToken);
    }

    private Task TellAsync(CancellationToken stoppingToken) => TellAsync(
        Channel,
        async () =>
        {
            await signal.RaisedHereAsync(stoppingToken);
            return own.Owner;
        },
        stoppingToken);

    private Task TellIncidentsAsync(CancellationToken stoppingToken) => TellAsync(
        IncidentChannel,
        async () => string.Join(' ', (await live.ChangedHereAsync(MostIncidents, stoppingToken)).Select(id => id.ToString(CultureInfo.InvariantCulture)).Prepend(own.Owner)),
        stoppingToken);

    private async Task TellAsync(string channel, Func<Task<string>> next, CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                var told = await next();
                await using var connection = await store.OpenAsync(stoppingToken);
                await connection.ExecuteAsync(new CommandDefinition("select pg_notify(@channel, @told)", new { channel, told }, cancellationToken: stoppingToken));
                await Task.Delay(TellEvery, clock, stoppingToken);
            }
            catch (Exception failure) when (failure is NpgsqlException or System.IO.IOException or System.Net.Sockets.SocketException or TimeoutException)
            {
                await Task.Delay(Reconnect, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
        }
    }

    [LoggerMessage(1104, LogLevel.Warning, "This host is not present at the PostgreSQL store for the moment: {Problem}")]
    private partial void LogAway(string problem);

    [LoggerMessage(1108, LogLevel.Information, "This host is present at the PostgreSQL store again.")]
    private partial void LogBack();
}
