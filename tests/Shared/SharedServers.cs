using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Npgsql;
using RabbitMQ.Client;

namespace OpsBot.RealServers;

/// <summary>A real PostgreSQL and a real RabbitMQ of one's own, on free ports of 127.0.0.1, in a folder that goes with them.</summary>
/// <remarks>Both refuse to run as root, so they run as the accounts that their packages made.</remarks>
internal sealed partial class SharedServers : IAsyncDisposable
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(120);

    private readonly string _folder = Directory.CreateTempSubdirectory("opsbot-servers-").FullName;
    private readonly string _postgresBin = PostgresBin();
    private readonly int _postgresPort = FreePort();
    private readonly int _brokerPort = FreePort();
    private readonly int _distributionPort = FreePort();
    private readonly int _epmdPort = FreePort();

    private readonly string _postgresOptions;

    private SharedServers(string postgresOptions) => _postgresOptions = postgresOptions;

    /// <summary>What the configuration must say for a host to join.</summary>
    public string Sections => $"""
        store: {"{"} postgres: "{Postgres}" {"}"}
        bus: {"{"} rabbitmq: "{Broker}" {"}"}
        """;

    /// <summary>How to reach RabbitMQ.</summary>
    public string Broker => $"amqp://guest:guest@127.0.0.1:{_brokerPort}/";

    /// <summary>How to reach PostgreSQL.</summary>
    public string Postgres => PostgresOf("postgres");

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

    /// <summary>Ends the broker as a crash does, with everything that it had in memory.</summary>
    public async Task KillBrokerAsync(CancellationToken cancellationToken)
    {
        if (int.TryParse(await File.ReadAllTextAsync(BrokerFile("pid"), cancellationToken), CultureInfo.InvariantCulture, out var pid))
        {
            using var broker = Process.GetProcessById(pid);
            broker.Kill();
            await broker.WaitForExitAsync(cancellationToken);
        }
    }

    public async Task StartBrokerAsync(CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(BrokerFile("mnesia"));
        await File.WriteAllTextAsync(BrokerFile("r.conf"), $"listeners.tcp.1 = 127.0.0.1:{_brokerPort}\n", cancellationToken);
        await File.WriteAllTextAsync(BrokerFile("plugins"), "[].", cancellationToken);
        var broker = Path.Combine(_folder, "rabbitmq");
        await ShellAsync($"chmod 755 '{_folder}' && chown -R rabbitmq '{broker}'", cancellationToken);
        await ShellAsync($"""
            cd '{broker}' && su rabbitmq -s /bin/sh -c "env HOME='{broker}' RABBITMQ_NODENAME=t{_brokerPort}@localhost RABBITMQ_MNESIA_BASE='{broker}/mnesia' RABBITMQ_LOG_BASE='{broker}' \
              RABBITMQ_CONFIG_FILE='{broker}/r' RABBITMQ_ENABLED_PLUGINS_FILE='{broker}/plugins' RABBITMQ_DIST_PORT={_distributionPort} ERL_EPMD_ADDRESS=127.0.0.1 \
              ERL_EPMD_PORT={_epmdPort} RABBITMQ_PID_FILE='{broker}/pid' 'RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS=-kernel inet_dist_use_interface {"{"}127,0,0,1{"}"}' \
              setsid rabbitmq-server >'{broker}/out' 2>&1 </dev/null &"
            """, cancellationToken);
        var begun = TimeProvider.System.GetTimestamp();
        while (!await ListensAsync(cancellationToken))
        {
            if (TimeProvider.System.GetElapsedTime(begun) > StartLimit)
            {
                throw new InvalidOperationException($"RabbitMQ does not listen on {_brokerPort} after {StartLimit}: {await File.ReadAllTextAsync(BrokerFile("out"), cancellationToken)}");
            }

            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, cancellationToken);
        }
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
        await SignalPostgresAsync("STOP", cancellationToken);
        return new Thaw(() => SignalPostgresAsync("CONT", CancellationToken.None));
    }

    public Task StopPostgresAsync(CancellationToken cancellationToken) =>
        ShellAsync($"su postgres -s /bin/sh -c \"'{_postgresBin}/pg_ctl' -D '{_folder}/postgres/data' -m immediate stop\" >/dev/null 2>&1 </dev/null || true", cancellationToken);

    /// <summary>A connection to the broker, as any program has one.</summary>
    public Task<IConnection> ConnectAsync(CancellationToken cancellationToken) =>
        new ConnectionFactory { HostName = "127.0.0.1", Port = _brokerPort }.CreateConnectionAsync(cancellationToken);

    /// <summary>What rabbitmqctl lists at the broker.</summary>
    /// <param name="listing">A command with its columns: <c>list_queues name durable</c>.</param>
    public async Task<IReadOnlyList<JsonElement>> ListAsync(string listing, CancellationToken cancellationToken)
    {
        var output = BrokerFile($"listing-{Guid.NewGuid():N}");
        await ShellAsync($"""
            su rabbitmq -s /bin/sh -c "env ERL_EPMD_ADDRESS=127.0.0.1 ERL_EPMD_PORT={_epmdPort} RABBITMQ_ERLANG_COOKIE=$(cat '{BrokerFile(".erlang.cookie")}') \
              rabbitmqctl --node t{_brokerPort}@localhost --silent --formatter json {listing}" >'{output}' </dev/null
            """, cancellationToken);
        using var all = JsonDocument.Parse(await File.ReadAllTextAsync(output, cancellationToken));
        return [.. all.RootElement.EnumerateArray().Select(each => each.Clone())];
    }

    /// <summary>The first column of what the store answers.</summary>
    public async Task<IReadOnlyList<string>> LinesAsync(string sql, CancellationToken cancellationToken)
    {
        await using var connection = new NpgsqlConnection(Postgres + ";Pooling=False");
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
    public async Task<long> CountAsync(string sql, CancellationToken cancellationToken, string database = "postgres")
    {
        await using var connection = new NpgsqlConnection(PostgresOf(database) + ";Pooling=False");
        await connection.OpenAsync(cancellationToken);
#pragma warning disable CA2100 // the tests' own text
        await using var command = new NpgsqlCommand(sql, connection);
#pragma warning restore CA2100
        return Convert.ToInt64(await command.ExecuteScalarAsync(cancellationToken), CultureInfo.InvariantCulture);
    }

    /// <summary>Changes the store past the program.</summary>
    public async Task ExecuteAsync(string sql, CancellationToken cancellationToken)
    {
        await using var connection = new NpgsqlConnection(Postgres + ";Pooling=False");
        await connection.OpenAsync(cancellationToken);
#pragma warning disable CA2100 // the tests' own text
        await using var command = new NpgsqlCommand(sql, connection);
#pragma warning restore CA2100
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    public async ValueTask DisposeAsync()
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
            await DisposeAsync();
            throw;
        }
    }

    private string BrokerFile(string name) => Path.Combine(_folder, "rabbitmq", name);

    private static string PostgresBin() =>
        Directory.Exists("/usr/lib/postgresql")
            ? Path.Combine(Directory.GetDirectories("/usr/lib/postgresql").OrderByDescending(path => path.Length).ThenByDescending(path => path, StringComparer.Ordinal).First(), "bin")
            : "/usr/lib/postgresql/bin";

    private async Task<bool> ListensAsync(CancellationToken cancellationToken)
    {
        try
        {
            using var client = new TcpClient();
            await client.ConnectAsync("127.0.0.1", _brokerPort, cancellationToken);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

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
