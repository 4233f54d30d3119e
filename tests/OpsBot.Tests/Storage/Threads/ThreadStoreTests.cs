using OpsBot.Contracts.Ports;
using OpsBot.Tests.Support;

namespace OpsBot.Tests.Storage.Threads;

public sealed class ThreadStoreTests : IAsyncLifetime
{
    private readonly StoreFixture _store = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public ValueTask DisposeAsync() => _store.DisposeAsync();

    [Fact]
    public async Task A_card_is_written_again_by_the_row_that_wrote_it_and_not_by_an_earlier_one()
    {
        var threads = _store.Get<IThreadStore>();
        (await threads.OpenAsync(1, "\"opened\"", 5, Token)).ShouldBe(ThreadWrite.Done);
        (await threads.SaveCardAsync(1, "\"firing\"", 7, Token)).ShouldBe(ThreadWrite.Done);

        // killed behind its write, the row is handled again: meanwhile the incident was resolved
        (await threads.SaveCardAsync(1, "\"resolved\"", 7, Token)).ShouldBe(ThreadWrite.Done);
        (await threads.SaveCardAsync(1, "\"late\"", 6, Token)).ShouldBe(ThreadWrite.AlreadyDone);

        (await _store.ScalarAsync("select count(*) from threads where card = '\"resolved\"' and card_version = 7")).ShouldBe(1);
    }
}
