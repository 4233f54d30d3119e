using MassTransit;
using Microsoft.Extensions.Logging.Abstractions;
using OpsBot.Contracts.Events;
using OpsBot.Contracts.Ports;
using OpsBot.Handlers;
using OpsBot.Host.Bus;
using OpsBot.Storage.Messages;
using OpsBot.Tests.Support;

namespace OpsBot.Tests.Host.Bus;

public sealed class PumpStopTests : IAsyncLifetime
{
    private readonly StoreFixture _store = new();

    // Nobody takes anything from it, as where all consumers are at work on something long.
    private readonly IBusControl _bus = MassTransit.Bus.Factory.CreateUsingInMemory(_ => { });
    private readonly Published _published = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _bus.ConnectPublishObserver(_published);
        await _bus.StartAsync(Token);
    }

    public async ValueTask DisposeAsync()
    {
        await _bus.StopAsync(CancellationToken.None);
        await _store.DisposeAsync();
    }

    [Fact]
    public async Task What_lies_on_the_bus_of_a_host_that_stops_is_another_ones_at_once()
    {
        await _store.Intake.AcceptAsync(new Delivery("test", "a", [new DeliveredMessage(AlertReported.Kind, "a", "{}")]), Token);
        await using var other = new StoreFixture(folder: _store.Folder);
        using var pump = new Pump(
            _store.Queue, new MessageKinds(new MessageOptions(), new HashSet<HostRole> { HostRole.Worker }), _store.Get<MessageSignal>(), _store.Get<Intake>(), _bus,
            TimeProvider.System, NullLogger<Pump>.Instance);
        await pump.StartAsync(Token);
        await _published.Once.WaitAsync(TimeSpan.FromSeconds(60), TimeProvider.System, Token);
        (await other.ClaimAsync(AlertReported.Kind)).ShouldBeEmpty("it is in the hands of the first");

        // It lives on for as long as its consumers need to end.
        await pump.StopAsync(Token);

        (await other.ClaimAsync(AlertReported.Kind)).ShouldHaveSingleItem();
    }

    private sealed class Published : IPublishObserver
    {
        private readonly TaskCompletionSource _once = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Once => _once.Task;

        public Task PrePublish<T>(PublishContext<T> context)
            where T : class => Task.CompletedTask;

        public Task PostPublish<T>(PublishContext<T> context)
            where T : class
        {
            _once.TrySetResult();
            return Task.CompletedTask;
        }

        public Task PublishFault<T>(PublishContext<T> context, Exception exception)
            where T : class => Task.CompletedTask;
    }
}
