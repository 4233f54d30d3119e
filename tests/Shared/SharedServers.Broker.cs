using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text.Json;
using RabbitMQ.Client;

namespace OpsBot.RealServers;

/// <summary>The broker of the two.</summary>
internal sealed partial class SharedServers
{
    /// <summary>They are made with the broker: the tool that would make one later takes longer to start than a small test.</summary>
    private const int VirtualHosts = 8;

    private readonly int _brokerPort = FreePort();
    private readonly int _distributionPort = FreePort();
    private readonly int _epmdPort = FreePort();
    private int _brokerStarts;
    private int _virtualHost;

    /// <summary>How to reach RabbitMQ.</summary>
    public string Broker => $"amqp://guest:guest@127.0.0.1:{_brokerPort}/{VirtualHost}";

    private string VirtualHost => $"own{_virtualHost}";

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
        await File.WriteAllTextAsync(BrokerFile("r.conf"), $"listeners.tcp.1 = 127.0.0.1:{_brokerPort}\nload_definitions = {BrokerFile("definitions.json")}\n", cancellationToken);
        await File.WriteAllTextAsync(BrokerFile("definitions.json"), Definitions(), cancellationToken);
        _brokerStarts++;
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

    /// <summary>A connection to the broker, as any program has one.</summary>
    public Task<IConnection> ConnectAsync(CancellationToken cancellationToken) =>
        new ConnectionFactory { Uri = new Uri(Broker) }.CreateConnectionAsync(cancellationToken);

    /// <summary>What rabbitmqctl lists at the broker.</summary>
    /// <param name="listing">A command with its columns: <c>list_queues name durable</c>; what belongs to a virtual host is listed of ours alone.</param>
    public async Task<IReadOnlyList<JsonElement>> ListAsync(string listing, CancellationToken cancellationToken)
    {
        var output = BrokerFile($"listing-{Guid.NewGuid():N}");
        await ShellAsync($"""
            su rabbitmq -s /bin/sh -c "env ERL_EPMD_ADDRESS=127.0.0.1 ERL_EPMD_PORT={_epmdPort} RABBITMQ_ERLANG_COOKIE=$(cat '{BrokerFile(".erlang.cookie")}') \
              rabbitmqctl --node t{_brokerPort}@localhost --silent --formatter json {(listing.StartsWith("list_channels", StringComparison.Ordinal) ? "" : $"--vhost {VirtualHost} ")}{listing}" >'{output}' </dev/null
            """, cancellationToken);
        using var all = JsonDocument.Parse(await File.ReadAllTextAsync(output, cancellationToken));
        return [.. all.RootElement.EnumerateArray().Select(each => each.Clone())];
    }

    private string BrokerFile(string name) => Path.Combine(_folder, "rabbitmq", name);

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

    private static string Definitions()
    {
        var hosts = Enumerable.Range(0, VirtualHosts).Select(each => $"own{each}").ToList();
        byte[] salt = [1, 2, 3, 4];
        return JsonSerializer.Serialize(new
        {
            users = new[]
            {
                new
                {
                    name = "guest",
                    password_hash = Convert.ToBase64String([.. salt, .. SHA256.HashData([.. salt, .. "guest"u8])]),
                    hashing_algorithm = "rabbit_password_hashing_sha256",
                    tags = "administrator",
                },
            },
            vhosts = hosts.Select(name => new { name }),
            permissions = hosts.Select(vhost => new { user = "guest", vhost, configure = ".*", write = ".*", read = ".*" }),
        });
    }
}
