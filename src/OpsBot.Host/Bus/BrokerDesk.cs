using System.Text;
using OpsBot.Runtime.Redaction;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace OpsBot.Host.Bus;

/// <summary>The broker for people: what waits where, what never became a row, and its way back.</summary>
internal sealed class BrokerDesk(BusOptions options, IRedactor redactor)
{
    private const int ShownBytes = 4000;

    /// <summary>Each queue with how much waits and who takes it; those that are not there yet are left out.</summary>
    /// <exception cref="BrokerUnreachableException">The broker does not answer, or refuses.</exception>
    public async Task<IReadOnlyList<QueueState>> QueuesAsync(CancellationToken cancellationToken)
    {
        await using var connection = await BrokerConnection.OpenAsync(options, "opsbot bus", cancellationToken);
        var states = new List<QueueState>();
        foreach (var name in RabbitMqBus.Queues(options).Append(EventExchange.NameOf(options)).Append(EventExchange.DeadNameOf(options)))
        {
            // a queue that is not there closes the channel that asked for it
            await using var channel = await connection.CreateChannelAsync(cancellationToken: cancellationToken);
            try
            {
                var queue = await channel.QueueDeclarePassiveAsync(name, cancellationToken);
                states.Add(new QueueState(name, queue.MessageCount, queue.ConsumerCount));
            }
            catch (OperationInterruptedException missing) when (missing.ShutdownReason?.ReplyCode == Constants.NotFound)
            {
                // nobody has been here yet
            }
        }

        return states;
    }

    /// <summary>The oldest dead letters, which stay where they are.</summary>
    public async Task<IReadOnlyList<DeadLetter>> PeekAsync(int most, CancellationToken cancellationToken)
    {
        await using var connection = await BrokerConnection.OpenAsync(options, "opsbot bus", cancellationToken);
        await using var channel = await connection.CreateChannelAsync(cancellationToken: cancellationToken);
        await EventExchange.DeclareAsync(channel, options, cancellationToken);
        var letters = new List<DeadLetter>();
        // what is not acknowledged goes back, in order, when the channel is closed
        while (letters.Count < most && await channel.BasicGetAsync(EventExchange.DeadNameOf(options), autoAck: false, cancellationToken) is { } letter)
        {
            letters.Add(new DeadLetter(
                letter.RoutingKey, letter.BasicProperties.ContentType, letter.Body.Length,
                redactor.Redact(Encoding.UTF8.GetString(letter.Body.Span[..Math.Min(ShownBytes, letter.Body.Length)]))));
        }

        return letters;
    }

    /// <summary>Publishes dead letters to the exchange once more, oldest first; each leaves its queue once the broker has confirmed the other. Returns how many.</summary>
    public async Task<int> ReplayAsync(int most, CancellationToken cancellationToken)
    {
        await using var connection = await BrokerConnection.OpenAsync(options, "opsbot bus", cancellationToken);
        await using var channel = await connection.CreateChannelAsync(new CreateChannelOptions(true, true), cancellationToken);
        await EventExchange.DeclareAsync(channel, options, cancellationToken);
        // one that is refused again comes back behind: not taken twice
        var waiting = (int)Math.Min(most, (await channel.QueueDeclarePassiveAsync(EventExchange.DeadNameOf(options), cancellationToken)).MessageCount);
        var done = 0;
        while (done < waiting && await channel.BasicGetAsync(EventExchange.DeadNameOf(options), autoAck: false, cancellationToken) is { } letter)
        {
            var properties = new BasicProperties(letter.BasicProperties) { Persistent = true };
            await channel.BasicPublishAsync(EventExchange.NameOf(options), letter.RoutingKey, mandatory: true, properties, letter.Body, cancellationToken);
            await channel.BasicAckAsync(letter.DeliveryTag, multiple: false, cancellationToken);
            done++;
        }

        return done;
    }
}

/// <summary>One queue.</summary>
internal sealed record QueueState(string Name, uint Messages, uint Consumers);

/// <summary>A message of the exchange that never became a row.</summary>
/// <param name="Excerpt">The beginning of its body, redacted.</param>
internal sealed record DeadLetter(string RoutingKey, string? ContentType, int Bytes, string Excerpt);
