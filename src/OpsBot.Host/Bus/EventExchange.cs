using System.Diagnostics;
using System.Globalization;
using System.Text;
using OpsBot.Contracts.Telemetry;
using OpsBot.Ingress;
using OpsBot.Ingress.Webhooks;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;

namespace OpsBot.Host.Bus;

/// <summary>
/// Takes CloudEvents from a plain topic exchange: the generic door for programs that have a broker and no HTTP client. A message is acknowledged once
/// its row is committed; what is no JSON, or too large, lies in the queue of dead letters.
/// </summary>
/// <remarks>CloudEvents AMQP binding 1.0: structured, batch, or binary with attributes in headers <c>cloudEvents:…</c> or <c>cloudEvents_…</c>.</remarks>
internal sealed partial class EventExchange(
    BusOptions options, IWebhookReader reader, DeliveryTaker taker, TimeProvider clock, ILogger<EventExchange> log) : BackgroundService
{
    private const string Sender = "cloudevents";
    private const int LargestBody = 8 << 20;

    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(30);

    private readonly ILogger _log = log;
    private readonly Outage _store = new(clock, TimeSpan.FromMinutes(1));
    private bool _isTold;

    /// <summary>What is published comes in at the moment.</summary>
    public bool IsConnected { get; private set; }

    /// <summary>Name of the exchange and of its queue.</summary>
    public static string NameOf(BusOptions options) => $"{options.Prefix}.events";

    /// <summary>Name of the exchange and the queue of what never became a row.</summary>
    public static string DeadNameOf(BusOptions options) => $"{options.Prefix}.events.dead";

    /// <summary>Exchanges and queues as they must be; declaring them again changes nothing.</summary>
    public static async Task DeclareAsync(IChannel channel, BusOptions options, CancellationToken cancellationToken)
    {
        var (events, dead) = (NameOf(options), DeadNameOf(options));
        await channel.ExchangeDeclareAsync(dead, ExchangeType.Fanout, durable: true, autoDelete: false, cancellationToken: cancellationToken);
        await channel.QueueDeclareAsync(dead, durable: true, exclusive: false, autoDelete: false, new Dictionary<string, object?> { ["x-queue-type"] = "quorum" }, cancellationToken: cancellationToken);
        await channel.QueueBindAsync(dead, dead, "", cancellationToken: cancellationToken);
        await channel.ExchangeDeclareAsync(events, ExchangeType.Topic, durable: true, autoDelete: false, cancellationToken: cancellationToken);
        await channel.QueueDeclareAsync(
            events,
            durable: true,
            exclusive: false,
            autoDelete: false,
            new Dictionary<string, object?>
            {
                ["x-queue-type"] = "quorum",
                ["x-dead-letter-exchange"] = dead,
                // a dead letter too is confirmed before it leaves its queue
                ["x-dead-letter-strategy"] = "at-least-once",
                ["x-overflow"] = "reject-publish",
            },
            cancellationToken: cancellationToken);
        await channel.QueueBindAsync(events, events, "#", cancellationToken: cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var pause = FirstPause;
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await ConsumeAsync(() => pause = FirstPause, stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception failure)
            {
                IsConnected = false;
                if (!_isTold)
                {
                    _isTold = true;
                    LogAway(NameOf(options), failure.Message);
                }
            }

            try
            {
                await Task.Delay(pause, clock, stoppingToken);
            }
            catch (OperationCanceledException)
            {
                return;
            }

            pause = pause * 2 > LongestPause ? LongestPause : pause * 2;
        }
    }

    /// <summary>Consumes until the connection is gone.</summary>
    private async Task ConsumeAsync(Action connected, CancellationToken stoppingToken)
    {
        await using var connection = await BrokerConnection.OpenAsync(options, "opsbot events", stoppingToken);
        await using var channel = await connection.CreateChannelAsync(
            new CreateChannelOptions(false, false, consumerDispatchConcurrency: 16), stoppingToken);
        await DeclareAsync(channel, options, stoppingToken);
        await channel.BasicQosAsync(0, (ushort)Math.Min(options.Prefetch, ushort.MaxValue), global: false, stoppingToken);
        using var gone = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
        channel.ChannelShutdownAsync += (_, _) => gone.CancelAsync();
        var consumer = new AsyncEventingBasicConsumer(channel);
        consumer.ReceivedAsync += (_, message) => TakeAsync(channel, message, gone.Token);
        // the queue was deleted under us: what is declared again is another one
        consumer.UnregisteredAsync += (_, _) => gone.CancelAsync();
        await channel.BasicConsumeAsync(NameOf(options), autoAck: false, consumer, stoppingToken);
        connected();
        (IsConnected, _isTold) = (true, false);
        LogConnected(NameOf(options));
        var closed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var ended = gone.Token.Register(closed.SetResult);
        await closed.Task;
        stoppingToken.ThrowIfCancellationRequested();
        throw new IOException(channel.CloseReason?.ReplyText ?? "the connection was closed");
    }

    private async Task TakeAsync(IChannel channel, BasicDeliverEventArgs message, CancellationToken gone)
    {
        using var span = TraceContext.Root("intake", Sender, ActivityKind.Consumer);
        try
        {
            if (await StoreAsync(message, gone) is { } refused)
            {
                LogDead(message.RoutingKey, refused, DeadNameOf(options));
                await channel.BasicRejectAsync(message.DeliveryTag, requeue: false, gone);
                return;
            }

            await channel.BasicAckAsync(message.DeliveryTag, multiple: false, gone);
        }
        catch (OperationCanceledException) when (gone.IsCancellationRequested)
        {
            // Not acknowledged: the broker gives it to the next.
        }
    }

    /// <summary>Null once it is stored; otherwise why it never can be.</summary>
    internal async Task<string?> StoreAsync(BasicDeliverEventArgs message, CancellationToken gone)
    {
        if (message.Body.Length > LargestBody)
        {
            return $"{message.Body.Length} bytes; at most {LargestBody} are read";
        }

        IReadOnlyList<ReadDelivery> read;
        try
        {
            read = reader.Read(Sender, HeadersOf(message.BasicProperties), message.Body, clock.GetUtcNow());
        }
        catch (NotJsonException wrong)
        {
            return wrong.Message;
        }

        for (var pause = FirstPause; ; pause = pause * 2 > LongestPause ? LongestPause : pause * 2)
        {
            try
            {
                await taker.TakeAsync(read, gone);
                if (_store.IsThere() is { } away)
                {
                    LogStoreBack((long)away.TotalSeconds);
                }

                return null;
            }
            catch (Exception failure) when (!gone.IsCancellationRequested)
            {
                // Held here, not given back: a broker counts what comes back, and gives up at some number.
                if (_store.IsAway())
                {
                    LogStoreAway(failure.Message);
                }

                await Task.Delay(pause, clock, gone);
            }
        }
    }

    private static Dictionary<string, string> HeadersOf(IReadOnlyBasicProperties properties)
    {
        var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        if (properties.ContentType is { Length: > 0 } type)
        {
            headers["Content-Type"] = type;
        }

        foreach (var (name, value) in properties.Headers ?? new Dictionary<string, object?>())
        {
            if (name.StartsWith("cloudEvents:", StringComparison.OrdinalIgnoreCase) || name.StartsWith("cloudEvents_", StringComparison.OrdinalIgnoreCase))
            {
                // over HTTP these are percent-encoded
                headers[$"ce-{name["cloudEvents:".Length..]}"] = Uri.EscapeDataString(Text(value));
            }
        }

        return headers;
    }

    private static string Text(object? value) => value switch
    {
        byte[] bytes => Encoding.UTF8.GetString(bytes),
        AmqpTimestamp time => DateTimeOffset.FromUnixTimeSeconds(time.UnixTime).ToString("O", CultureInfo.InvariantCulture),
        _ => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "",
    };

    [LoggerMessage(2201, LogLevel.Information, "Events are taken from the exchange {Exchange}.")]
    private partial void LogConnected(string exchange);

    [LoggerMessage(2202, LogLevel.Warning, "The exchange {Exchange} cannot be read, and is tried again until it can: {Reason}")]
    private partial void LogAway(string exchange, string reason);

    [LoggerMessage(2203, LogLevel.Warning, "A message with routing key {Key} is no event: {Reason} It is kept in {Queue}.")]
    private partial void LogDead(string key, string reason, string queue);

    [LoggerMessage(2204, LogLevel.Warning, "Events of the exchange cannot be stored, and are tried again until they can: {Reason}")]
    private partial void LogStoreAway(string reason);

    [LoggerMessage(2205, LogLevel.Information, "Events of the exchange are stored again, after {Seconds} s.")]
    private partial void LogStoreBack(long seconds);
}
