using OpsBot.Contracts.Ports;
using OpsBot.Tests.Support;

namespace OpsBot.Tests.Storage;

public sealed class QuarantineIntakeTests : IAsyncLifetime
{
    private readonly StoreFixture _store = new(store: options => options.QuarantineMiB = 1);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public ValueTask DisposeAsync() => _store.DisposeAsync();

    [Fact]
    public async Task A_delivery_that_cannot_be_read_is_kept_once_however_often_it_comes()
    {
        (await QuarantineAsync("a", 10)).ShouldBe(IntakeResult.Accepted);
        (await QuarantineAsync("a", 10)).ShouldBe(IntakeResult.Duplicate);

        (await _store.Reader.QuarantinedAsync(10, Token)).ShouldHaveSingleItem().DeliveryKey.ShouldBe("a");
    }

    [Fact]
    public async Task A_full_quarantine_turns_away_and_keeps_what_it_has_and_takes_what_still_fits()
    {
        await QuarantineAsync("a", (1 << 20) - 100);
        await Should.ThrowAsync<IntakeOverloadedException>(() => QuarantineAsync("b", 101));
        await QuarantineAsync("c", 100);
        // what was turned away is not remembered: the sender's next try is no duplicate
        await Should.ThrowAsync<IntakeOverloadedException>(() => QuarantineAsync("b", 101));

        (await _store.Reader.QuarantinedAsync(10, Token)).Select(q => q.DeliveryKey).ShouldBe(["a", "c"], ignoreOrder: true);
    }

    private Task<IntakeResult> QuarantineAsync(string key, int bytes) => _store.Intake.QuarantineAsync(
        new QuarantinedDelivery("test", key, new byte[bytes], new Dictionary<string, string>(), "$", "no time"), Token);
}
