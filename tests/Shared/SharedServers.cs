using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Npgsql;

namespace OpsBot.RealServers;

/// <summary>A real PostgreSQL and a real RabbitMQ of one's own, on free ports of 127.0.0.1, in a folder that goes with them.</summary>
/// <remarks>Both refuse to run as root, so they run as the accounts that their packages made.</remarks>
internal sealed partial class SharedServers : IAsyncDisposable
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(120);

    private readonly string _folder = Directory.CreateTempSubdirectory("opsbot-servers-").FullName;
    private readonly string _postgresBin = PostgresBin();
    private readonly int _postgresPort = FreePort();
    private readonly string _postgresOptions;
    private string _database = "postgres";

    private SharedServers(string postgresOptions) => _postgresOptions = postgresOptions;

    /// <summary>What the configuration must say for a host to join.</summary>
    public string Sections => $"""
        store: {"{"} postgres: "{Postgres}" {"}"}
        bus: {"{"} rabbitmq: "{Broker}" {"}"}
        """;

    /// <summary>How to reach PostgreSQL.</summary>
    public string Postgres => PostgresOf(_database);

    /// <summary>The database that <see cref="Postgres"/> names.</summary>
    public string Database => _database;

    /// <summary>Connection string of a database of this server.</summary>
    public string PostgresOf(string database) => $"Host=127.0.0.1;Port={_postgresPort};Username=postgres;Database={database}";

    /// <summary>Runs one of PostgreSQL's own tools against this server.</summary>
    public Task ToolAsync(string tool, string arguments, CancellationToken cancellationToken) =>
        ShellAsync($"'{_postgresBin}/{tool}' -h 127.0.0.1 -p {_postgresPort} -U postgres {arguments} </dev/null", cancellationToken);

    /// <summary>Starts both; as root only.</summary>
    /// <param name="postgresOptions">Further options of the server, as <c>-c name=value</c>.</param>
    public static async Task<SharedServers> StartBothAsync(CancellationToken cancellationToken, string postgresOptions = "")
    {
        var servers = new SharedServers(postgresOptions);
        return await servers.StartedAsync(Task.WhenAll(servers.StartDatabaseAsync(cancellationToken), servers.StartBrokerAsync(cancellationToken)));
    }

    /// <summary>PostgreSQL alone; as root only.</summary>
    public static async Task<SharedServers> StartDatabaseOnlyAsync(CancellationToken cancellationToken)
    {
        var servers = new SharedServers(postgresOptions: "");
        return await servers.StartedAsync(servers.StartDatabaseAsync(cancellationToken));
    }

    /// <summary>Ends PostgreSQL as a crash does, and starts it again on what it had written.</summary>
    public async Task RestartPostgresAsync(CancellationToken cancellationToken)
    {
        await StopPostgresAsync(cancellationToken);
        await ShellAsync($"su postgres -s /bin/sh -c \"{StartPostgres}\" >'{_folder}/postgres.out' 2>&1 </dev/null", cancellationToken);
    }

    /// <summary>Stops all processes of PostgreSQL until what is returned is disposed: connections stand, and nothing is answered.</summary>
    public async Task<IAsyncDisposable> FreezePostgresAsync(CancellationToken cancellationToken)
    {
        NpgsqlConnection.ClearAllPools();
        await SignalPostgresAsync("STOP", cancellationToken);
        return new Thaw(() => SignalPostgresAsync("CONT", CancellationToken.None));
    }

    public Task StopPostgresAsync(CancellationToken cancellationToken)
    {
        NpgsqlConnection.ClearAllPools();
        return ShellAsync($"su postgres -s /bin/sh -c \"'{_postgresBin}/pg_ctl' -D '{_folder}/postgres/data' -m immediate stop\" >/dev/null 2>&1 </dev/null || true", cancellationToken);
    }

    /// <summary>The first column of what the store answers.</summary>
    public async Task<IReadOnlyList<string>> LinesAsync(string sql, CancellationToken cancellationToken)
    {
        await using var connection = new NpgsqlConnection(Pooled(_database));
        await connection.OpenAsync(cancellationToken);
#pragma warning disable CA2100 // the tests' own text
        await using var command = new NpgsqlCommand(sql, connection);
#pragma warning restore CA2100
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var lines = new List<string>();
        while (await reader.ReadAsync(cancellationToken))
        {
            lines.Add(reader.GetString(0));
        }

        return lines;
    }

    /// <summary>One number from the store.</summary>
    public async Task<long> CountAsync(string sql, CancellationToken cancellationToken, string? database = null)
    {
        await using var connection = new NpgsqlConnection(Pooled(database ?? _database));
        await connection.OpenAsync(cancellationToken);
#pragma warning disable CA2100 // the tests' own text
        await using var command = new NpgsqlCommand(sql, connection);
#pragma warning restore CA2100
        return Convert.ToInt64(await command.ExecuteScalarAsync(cancellationToken), CultureInfo.InvariantCulture);
    }

    /// <summary>Changes the store past the program.</summary>
    public async Task ExecuteAsync(string sql, CancellationToken cancellationToken)
    {
        await using var connection = new NpgsqlConnection(Pooled(_database));
        await connection.OpenAsync(cancellationToken);
#pragma warning disable CA2100 // the tests' own text
        await using var command = new NpgsqlCommand(sql, connection);
#pragma warning restore CA2100
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Gives whoever uses them next a database and a virtual host of its own.</summary>
    /// <returns>False where there is no further virtual host, or one of the servers is not as it was started.</returns>
    public async Task<bool> RenewAsync(CancellationToken cancellationToken)
    {
        if (_brokerStarts > 0 && !(_virtualHost < VirtualHosts - 1 && await ListensAsync(cancellationToken)))
        {
            return false;
        }

        _virtualHost++;
        _database = $"own{_virtualHost}";
        try
        {
            await using var connection = new NpgsqlConnection(PostgresOf("postgres") + ";Pooling=False;Timeout=5");
            await connection.OpenAsync(cancellationToken);
#pragma warning disable CA2100 // the tests' own text
            await using var command = new NpgsqlCommand($"create database {_database}", connection);
#pragma warning restore CA2100
            await command.ExecuteNonQueryAsync(cancellationToken);
            return true;
        }
        catch (NpgsqlException)
        {
            return false;
        }
    }

    /// <summary>What becomes of them when whoever has them has done with them: their end, unless something else is said.</summary>
    public Func<SharedServers, ValueTask> Afterwards { get; set; } = servers => servers.EndAsync();

    public ValueTask DisposeAsync() => Afterwards(this);

    /// <summary>Ends both and deletes what they wrote.</summary>
    public async ValueTask EndAsync()
    {
        try
        {
            await StopPostgresAsync(CancellationToken.None);
            if (File.Exists(BrokerFile("pid")))
            {
                await KillBrokerAsync(CancellationToken.None);
            }
        }
        catch (ArgumentException)
        {
            // the broker is gone already
        }

        await ShellAsync($"ERL_EPMD_PORT={_epmdPort} epmd -kill >/dev/null 2>&1 || true", CancellationToken.None);
        Directory.Delete(_folder, recursive: true);
    }

    // who waits for something looks many times
    private string Pooled(string database) => PostgresOf(database) + ";Maximum Pool Size=4";

    private Task StartDatabaseAsync(CancellationToken cancellationToken) => ShellAsync($"""
        mkdir '{_folder}/postgres' && chmod 755 '{_folder}' && chown postgres '{_folder}/postgres' && su postgres -s /bin/sh -c "
          '{_postgresBin}/initdb' -D '{_folder}/postgres/data' -U postgres -A trust --no-sync -E UTF8 --locale=C.UTF-8 &&
          {StartPostgres}
        " >'{_folder}/postgres.out' 2>&1 </dev/null
        """, cancellationToken);

    private string StartPostgres =>
        $"'{_postgresBin}/pg_ctl' -D '{_folder}/postgres/data' -w -l '{_folder}/postgres/log' -o '-p {_postgresPort} -k {_folder}/postgres -c listen_addresses=127.0.0.1 -c max_connections=200 {_postgresOptions}' start";

    private async Task<SharedServers> StartedAsync(Task start)
    {
        try
        {
            await start;
            return this;
        }
        catch
        {
            await EndAsync();
            throw;
        }
    }

    private static string PostgresBin() =>
        Directory.Exists("/usr/lib/postgresql")
            ? Path.Combine(Directory.GetDirectories("/usr/lib/postgresql").OrderByDescending(path => path.Length).ThenByDescending(path => path, StringComparer.Ordinal).First(), "bin")
            : "/usr/lib/postgresql/bin";

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    /// <summary>The postmaster forks: it is signalled first, and with it those that it has by then.</summary>
    private Task SignalPostgresAsync(string signal, CancellationToken cancellationToken) =>
        ShellAsync($"main=$(head -1 '{_folder}/postgres/data/postmaster.pid') && kill -{signal} $main && kill -{signal} $(ps -o pid= --ppid $main)", cancellationToken);

    private static async Task ShellAsync(string script, CancellationToken cancellationToken)
    {
        using var shell = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", script]))!;
        await shell.WaitForExitAsync(cancellationToken);
        if (shell.ExitCode != 0)
        {
            throw new InvalidOperationException($"exit {shell.ExitCode} of: {script}");
        }
    }

    private sealed class Thaw(Func<Task> thaw) : IAsyncDisposable
    {
        public ValueTask DisposeAsync() => new(thaw());
    }
}
