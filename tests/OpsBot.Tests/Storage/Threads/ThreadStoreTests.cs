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
    public async Task A_card_is_written_again_by_the_row_that_was_killed_behind_its_write_and_by_nothing_that_knew_less()
    {
        var threads = _store.Get<IThreadStore>();
        var (earlier, killed, again, later) = (new JournalRun(6, 900).Version, new JournalRun(7, 2).Version, new JournalRun(7, 4).Version, new JournalRun(8, 2).Version);
        (await threads.OpenAsync(1, "\"opened\"", new JournalRun(5, 2).Version, Token)).ShouldBe(ThreadWrite.Done);
        (await threads.SaveCardAsync(1, "\"firing\"", killed, Token)).ShouldBe(ThreadWrite.Done);

        // meanwhile the incident was resolved
        (await threads.SaveCardAsync(1, "\"resolved\"", again, Token)).ShouldBe(ThreadWrite.Done);
        (await threads.SaveCardAsync(1, "\"by a host that was paused\"", killed, Token)).ShouldBe(ThreadWrite.AlreadyDone);
        (await threads.SaveCardAsync(1, "\"by an earlier row that was taken often\"", earlier, Token)).ShouldBe(ThreadWrite.AlreadyDone);
        (await _store.ScalarAsync("select count(*) from threads where card = '\"resolved\"'")).ShouldBe(1);

        (await threads.SaveCardAsync(1, "\"reopened\"", later, Token)).ShouldBe(ThreadWrite.Done);
    }
}
