using Microsoft.Data.Sqlite;
using OpsBot.Contracts.Ports;
using OpsBot.Host.Cli;
using OpsBot.Storage.Engine;
using OpsBot.Tests.Storage.Messages;
using OpsBot.Tests.Support;

namespace OpsBot.Tests.Storage.Engine;

/// <summary>Several processes on one SQLite file: a second 'serve', or a verb that writes beside the first.</summary>
public sealed class WriteTurnsTests : IAsyncLifetime
{
    private readonly StoreFixture _store = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync()
    {
        TestEngine.SkipOnPostgres("many write to it at the same time");
        _ = _store.Get<IStore>();
        return ValueTask.CompletedTask;
    }

    public ValueTask DisposeAsync() => _store.DisposeAsync();

    [Fact]
    public async Task A_write_waits_for_that_of_another_process_and_a_start_too()
    {
        await using var writer = TestEngine.Open(_store.Folder);
        await using var writing = ((SqliteConnection)writer).BeginTransaction(deferred: false);

        await using var second = new StoreFixture(folder: _store.Folder);
        var accepting = second.Intake.AcceptAsync(Note.Delivered("a", "a"), Token);
        await Task.WhenAny(accepting, Task.Delay(TimeSpan.FromMilliseconds(200), TimeProvider.System, Token));
        accepting.IsCompleted.ShouldBeFalse();
        await writing.RollbackAsync(Token);

        (await accepting).ShouldBe(IntakeResult.Accepted);
    }

    [Fact]
    public async Task Who_has_been_writing_for_a_while_makes_room_for_another_that_waits()
    {
        var other = new WriteTurns(Path.Combine(_store.Folder, "opsbot.db"), TimeProvider.System);
        await _store.Intake.AcceptAsync(Note.Delivered("a", "a"), Token);
        Task<IntakeResult> next;
        using (other.Wait().ShouldNotBeNull())
        {
            await _store.Intake.AcceptAsync(Note.Delivered("b", "its turn is not over"), Token);
            _store.Clock.Advance(WriteTurns.Turn);
            next = _store.Intake.AcceptAsync(Note.Delivered("c", "c"), Token);
            await Task.WhenAny(next, Task.Delay(TimeSpan.FromMilliseconds(300), TimeProvider.System, Token));
            next.IsCompleted.ShouldBeFalse();
        }

        await next;
        (await _store.Reader.CountAsync(Token)).Waiting.ShouldBe(3);
    }

    [Fact]
    public async Task Room_is_made_for_so_long_only_and_then_not_again_at_once()
    {
        var other = new WriteTurns(Path.Combine(_store.Folder, "opsbot.db"), TimeProvider.System);
        using var waiting = other.Wait().ShouldNotBeNull();
        _store.Clock.Advance(WriteTurns.Turn);
        var next = _store.Intake.AcceptAsync(Note.Delivered("a", "a"), Token);
        while (!next.IsCompleted)
        {
            _store.Clock.Advance(WriteTurns.Room / 10);
            await Task.WhenAny(next, Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, Token));
        }

        await next;
        await _store.Intake.AcceptAsync(Note.Delivered("b", "b"), Token);
    }

    [Fact]
    public void A_file_that_nobody_lets_go_of_is_a_failure_that_a_person_is_told_of_without_a_trace()
    {
        var busy = new StoreBusyException("/data/opsbot.db", new SqliteException("SQLite Error 5: 'database is locked'.", 5));

        ExitCode.Of(busy).ShouldBe(ExitCode.Failed);
        busy.Message.ShouldContain("/data/opsbot.db");
        busy.Message.ShouldContain("try again");
        ExitCode.Of(new SqliteException("SQLite Error 1: 'no such column'.", 1)).ShouldBeNull("that is a defect of ours");
    }
}
