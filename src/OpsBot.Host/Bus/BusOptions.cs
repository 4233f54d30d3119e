using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace OpsBot.Host.Bus;

/// <summary>What brings due rows to whoever handles them.</summary>
/// <remarks>
/// <code>
/// bus:
///   rabbitmq: !file /run/secrets/opsbot-broker   # amqp://opsbot:password@broker/
///   prefix: opsbot
///   prefetch: 256
/// </code>
/// </remarks>
public sealed class BusOptions
{
    /// <summary>
    /// Address of a RabbitMQ broker (3.10 or later), <c>amqp://</c> or <c>amqps://</c> with user and password, for several hosts on one PostgreSQL store.
    /// Default: none, and the bus is in memory, for one host.
    /// </summary>
    [MaxLength(2000)]
    public string? RabbitMq { get; set; }

    /// <summary>What the names of exchanges and queues begin with: one for each store on a virtual host. Default <c>opsbot</c>.</summary>
    [Required, RegularExpression("^[a-z][a-z0-9-]{0,39}$", ErrorMessage = "The prefix must be lower-case letters, digits and hyphens, beginning with a letter, at most 40.")]
    public string Prefix { get; set; } = "opsbot";

    /// <summary>
    /// Take CloudEvents from the topic exchange <c>PREFIX.events</c>, which programs in any language may publish to. Default true, where there is a broker.
    /// </summary>
    public bool Events { get; set; } = true;

    /// <summary>Messages that the broker sends ahead to each consumer. Default 256.</summary>
    [Range(1, 5000)]
    public int Prefetch { get; set; } = 256;
}

/// <summary>Where the broker is, taken apart.</summary>
internal sealed record BrokerAddress(Uri Host, string User, string Password)
{
    /// <exception cref="FormatException">It is no address of a broker; the message names what is wrong, never the password.</exception>
    public static BrokerAddress Parse(string text)
    {
        if (!Uri.TryCreate(text.Trim(), UriKind.Absolute, out var uri) || uri.Scheme is not ("amqp" or "amqps") || uri.Host.Length == 0)
        {
            throw new FormatException("is not the address of a broker; write amqp://user:password@host:5672/virtual-host");
        }

        var (user, password) = uri.UserInfo.Split(':', 2) switch
        {
            [var name, var word] when name.Length > 0 => (Uri.UnescapeDataString(name), Uri.UnescapeDataString(word)),
            _ => throw new FormatException("names no user and password; write amqp://user:password@host:5672/virtual-host"),
        };
        var isTls = uri.Scheme == "amqps";
        var builder = new UriBuilder(isTls ? "rabbitmqs" : "rabbitmq", uri.Host, uri.IsDefaultPort || uri.Port <= 0 ? (isTls ? 5671 : 5672) : uri.Port, uri.AbsolutePath);
        return new BrokerAddress(builder.Uri, user, password);
    }
}

internal sealed class BusOptionsValidator : IValidateOptions<BusOptions>
{
    public ValidateOptionsResult Validate(string? name, BusOptions options)
    {
        if (options.RabbitMq is not { Length: > 0 } address)
        {
            return ValidateOptionsResult.Success;
        }

        try
        {
            BrokerAddress.Parse(address);
            return ValidateOptionsResult.Success;
        }
        catch (FormatException wrong)
        {
            return ValidateOptionsResult.Fail($"bus.rabbitmq: {wrong.Message}");
        }
    }
}
