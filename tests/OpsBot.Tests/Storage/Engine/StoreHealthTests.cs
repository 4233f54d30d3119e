using System.Data.Common;
using Microsoft.Data.Sqlite;
using OpsBot.Storage.Engine;
using OpsBot.Tests.Support;

namespace OpsBot.Tests.Storage.Engine;

public sealed class StoreHealthTests : IAsyncLifetime
{
    private readonly StoreFixture _store = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private StoreHealth Health => _store.Get<StoreHealth>();

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public ValueTask DisposeAsync() => _store.DisposeAsync();

    [Fact]
    public async Task A_store_that_commits_has_no_problem_and_is_asked_once_a_second_at_most()
    {
        (await Health.ProblemAsync(Token)).ShouldBeNull();
        var written = await ProbedAtAsync();

        _store.Clock.Advance(TimeSpan.FromMilliseconds(900));
        (await Health.ProblemAsync(Token)).ShouldBeNull();
        (await ProbedAtAsync()).ShouldBe(written);

        _store.Clock.Advance(TimeSpan.FromMilliseconds(200));
        (await Health.ProblemAsync(Token)).ShouldBeNull();
        (await ProbedAtAsync()).ShouldBe(written + 1100);
    }

    [Fact]
    public async Task A_write_that_waits_is_a_problem_after_two_seconds_and_none_once_it_is_through()
    {
        (await Health.ProblemAsync(Token)).ShouldBeNull();
        _store.Clock.Advance(TimeSpan.FromSeconds(1));
        await using var other = TestEngine.Open(_store.Folder);
        await using (var held = await HoldAsync(other))
        {
            var asked = new[] { Health.ProblemAsync(Token), Health.ProblemAsync(Token) };
            _store.Clock.Advance(TimeSpan.FromMilliseconds(1900));
            asked.ShouldAllBe(answer => !answer.IsCompleted);
            _store.Clock.Advance(TimeSpan.FromMilliseconds(200));

            foreach (var answer in asked)
                (await answer.WaitAsync(TimeSpan.FromSeconds(30), TimeProvider.System, Token)).ShouldBe("The store does not commit: a write has been waiting for 2 s or longer.");
            _store.Clock.Advance(TimeSpan.FromSeconds(5));
            (await Health.ProblemAsync(Token)).ShouldNotBeNull("the same write still waits");
            await held.RollbackAsync(Token);
        }

        // whoever waits for the probe hears of it a moment after it is through
        await HealthyAsync().WaitAsync(TimeSpan.FromSeconds(30), TimeProvider.System, Token);
    }

    [Fact]
    public async Task A_store_without_its_writer_says_so()
    {
        await ((IAsyncDisposable)_store.Get<IStore>()).DisposeAsync();

        (await Health.ProblemAsync(Token)).ShouldBe("The store cannot commit: its writer has ended; start OpsBot again.");
    }

    /// <summary>Keeps every writer waiting.</summary>
    private static async Task<DbTransaction> HoldAsync(DbConnection connection)
    {
        if (connection is SqliteConnection sqlite)
            return sqlite.BeginTransaction(deferred: false);
        var transaction = await connection.BeginTransactionAsync(Token);
        await using var command = connection.CreateCommand();
        command.CommandText = $"select pg_advisory_xact_lock({PostgresStore.WriterLock})";
        await command.ExecuteNonQueryAsync(Token);
        return transaction;
    }

    private async Task HealthyAsync()
    {
        while (await Health.ProblemAsync(Token) is not null)
            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, Token);
    }

    private Task<long> ProbedAtAsync() => _store.ScalarAsync("select at from store_probe");
}
