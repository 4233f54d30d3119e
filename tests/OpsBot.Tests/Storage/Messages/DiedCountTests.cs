using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using OpsBot.Contracts.Ports;
using OpsBot.Contracts.Telemetry;
using OpsBot.Tests.Support;

namespace OpsBot.Tests.Storage.Messages;

/// <summary>Whatever a row died of is counted, once.</summary>
public sealed class DiedCountTests : IAsyncDisposable
{
    // of its own: what other tests do at the same time is counted too
    private const string Kind = "test.crashing";

    // not asked of the instrument: listening is what makes it
    private const string Name = "opsbot_messages_died_total";

    private readonly StoreFixture _store = new(options => options.Abandonments = 2);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _store.DisposeAsync();

    [Fact]
    public async Task A_row_that_dies_because_its_process_does_is_counted_with_its_kind()
    {
        using var listener = new MeterListener();
        var died = new ConcurrentQueue<string>();
        listener.InstrumentPublished = (instrument, self) =>
        {
            if (instrument.Meter.Name == Instruments.Name && instrument.Name == Name)
                self.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<long>((_, value, tags, _) =>
        {
            var labels = tags.ToArray().ToDictionary(tag => tag.Key, tag => tag.Value as string);
            if (labels["kind"] == Kind)
                died.Enqueue($"{labels["category"]} {value}");
        });
        listener.Start();
        await _store.Intake.AcceptAsync(new Delivery("test", "a", [new DeliveredMessage(Kind, "test/a", "{}")]), Token);

        await CrashAsync();
        await CrashAsync();
        died.ShouldBeEmpty("it may be tried once more");
        await CrashAsync();
        died.ShouldBe(["abandoned 1"]);
        (await _store.Reader.CountAsync(Token)).Dead.ShouldBe(1);
        await _store.Queue.FreeAbandonedAsync(Token);
        died.Count.ShouldBe(1);
    }

    /// <summary>Whoever has the rows in hand is heard of no more.</summary>
    private async Task CrashAsync()
    {
        var claimed = await _store.ClaimAsync(Kind);
        foreach (var row in claimed)
            await _store.TakeAsync(row);
        await _store.LapseAsync([.. claimed.Select(row => row.Id)]);
        await _store.Queue.FreeAbandonedAsync(Token);
    }
}
