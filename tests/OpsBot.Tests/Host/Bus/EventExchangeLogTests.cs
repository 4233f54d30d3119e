using System.Text;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using NSubstitute;
using OpsBot.Contracts.Ports;
using OpsBot.Host.Bus;
using OpsBot.Host.Configuration;
using OpsBot.Ingress;
using OpsBot.Ingress.Webhooks;
using OpsBot.Tests.Support;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;

namespace OpsBot.Tests.Host.Bus;

/// <summary>What is said while events of the exchange wait for the store.</summary>
public sealed class EventExchangeLogTests : IDisposable
{
    private readonly ManualClock _clock = new();
    private readonly LogLines _log = new();
    private readonly ILoggerFactory _logs;
    private readonly EventExchange _exchange;
    private bool _isAway = true;

    public EventExchangeLogTests()
    {
        var senders = new SendersOptions();
        Some.AllSenders(senders);
        var reader = new WebhookReader(Senders.Known(senders, ShippedMappings.Library).Select(sender => sender.Format(senders)), NullLogger<WebhookReader>.Instance);
        var intake = Substitute.For<IIntake>();
        intake.AcceptAsync(default!, default).ReturnsForAnyArgs(_ => _isAway ? throw new IOException("no connection") : Task.FromResult(IntakeResult.Accepted));
        _logs = LoggerFactory.Create(logging => logging.AddProvider(_log));
        _exchange = new EventExchange(new BusOptions(), reader, new DeliveryTaker(intake, NullLogger<DeliveryTaker>.Instance), _clock, _logs.CreateLogger<EventExchange>());
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _exchange.Dispose();
        _logs.Dispose();
    }

    [Fact]
    public async Task A_store_that_is_away_is_spoken_of_at_once_then_once_a_minute_and_when_it_is_back()
    {
        using var cut = new CancellationTokenSource();
        var many = Enumerable.Range(0, 15).Select(_ => _exchange.StoreAsync(Event(), cut.Token)).ToList();
        await cut.CancelAsync();
        many.ForEach(each => Should.Throw<OperationCanceledException>(() => each));
        var one = _exchange.StoreAsync(Event(), Token);
        _log.Lines.ShouldHaveSingleItem().ShouldBe("Events of the exchange cannot be stored, and are tried again until they can: no connection");

        await PassAsync(one, seconds: 60);
        _log.Lines.Count.ShouldBe(1);
        // tried again after 31, 61, 91, 121, 151, 181 s
        await PassAsync(one, seconds: 125);
        _log.Lines.Count.ShouldBe(4);

        _isAway = false;
        await PassAsync(one, seconds: 30);

        (await one).ShouldBeNull("it is stored");
        _log.Lines.Skip(4).ShouldHaveSingleItem().ShouldBe("Events of the exchange are stored again, after 211 s.");
    }

    [Fact]
    public async Task A_store_that_comes_and_goes_is_spoken_of_once_a_minute()
    {
        for (var flap = 0; flap < 10; flap++)
        {
            _isAway = true;
            var one = _exchange.StoreAsync(Event(), Token);
            _isAway = false;
            await PassAsync(one, seconds: 5);
            (await one).ShouldBeNull();
        }

        _log.Lines.ShouldBe(["Events of the exchange cannot be stored, and are tried again until they can: no connection", "Events of the exchange are stored again, after 1 s."]);
    }

    /// <summary>Time goes by, and whoever waits for it goes on.</summary>
    private async Task PassAsync(Task one, int seconds)
    {
        for (var second = 0; second < seconds; second++)
        {
            _clock.Advance(TimeSpan.FromSeconds(1));
            while (!_clock.IsAwaited && !one.IsCompleted)
            {
                await Task.Yield();
            }
        }
    }

    private static BasicDeliverEventArgs Event() => new(
        "tag", 1, redelivered: false, "opsbot.events", "key", new BasicProperties { ContentType = "application/cloudevents+json" }, Encoding.UTF8.GetBytes(Some.WebhookBody("cloudevents")));
}
