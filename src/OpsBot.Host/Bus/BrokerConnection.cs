using RabbitMQ.Client;

namespace OpsBot.Host.Bus;

/// <summary>Connections to the broker beside MassTransit's.</summary>
internal static class BrokerConnection
{
    /// <summary>Open, or an exception that says what is wrong. It does not mend itself: whoever has it begins again.</summary>
    public static Task<IConnection> OpenAsync(BusOptions options, string name, CancellationToken cancellationToken)
    {
        var address = BrokerAddress.Parse(options.RabbitMq!);
        var factory = new ConnectionFactory
        {
            HostName = address.Host.Host,
            Port = address.Host.Port,
            VirtualHost = address.Host.AbsolutePath.Trim('/') is { Length: > 0 } path ? Uri.UnescapeDataString(path) : "/",
            UserName = address.User,
            Password = address.Password,
            AutomaticRecoveryEnabled = false,
            RequestedConnectionTimeout = TimeSpan.FromSeconds(10),
            ClientProvidedName = name,
        };
        if (address.Host.Scheme == "rabbitmqs")
        {
            factory.Ssl = new SslOption(address.Host.Host, enabled: true);
        }

        return factory.CreateConnectionAsync(cancellationToken);
    }
}
