using OpsBot.Contracts.Ports;
using OpsBot.Storage.Messages;
using OpsBot.Tests.Support;

namespace OpsBot.Tests.Storage.Messages;

public sealed class FigureReaderTests : IAsyncLifetime
{
    private readonly StoreFixture _store = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public ValueTask DisposeAsync() => _store.DisposeAsync();

    [Fact]
    public async Task What_is_due_and_untaken_is_the_backlog_and_the_oldest_of_it_its_age()
    {
        await _store.Intake.AcceptAsync(Note.Delivered("a", "one"), Token);
        var due = _store.Clock.GetUtcNow();
        _store.Clock.Advance(TimeSpan.FromMinutes(1));
        await _store.Intake.AcceptAsync(Note.Delivered("b", "two"), Token);
        await _store.Intake.AcceptAsync(Note.Delivered("c", "three"), Token);
        await _store.ClaimAsync(Note.Kind, most: 1);
        // the oldest was claimed: a second one of the same age is what is left of it
        await ExecuteAsync("insert into messages (kind, stream, body, source, created_at, due_at) select kind, 'timer', body, source, created_at, due_at + 86400000 from messages where leased_by is not null");
        await ExecuteAsync("update messages set dead_at = 1 where stream = 'test/c'");

        var figures = await ReadAsync();

        figures.Backlog.ShouldBe([new KindBacklog(Note.Kind, 1, due.AddMinutes(1)), new KindBacklog("another.kind", 0, null)]);
        (figures.Leased, figures.Dead, figures.Quarantined, figures.OpenIncidents).ShouldBe((1, 1, 0, 0));
    }

    [Fact]
    public async Task No_count_goes_beyond_its_bound()
    {
        await _store.Intake.AcceptAsync(Note.Delivered("a", "one"), Token);
        await ExecuteAsync(
            $"""
             insert into messages (kind, stream, body, source, created_at, due_at)
             with recursive n (i) as (select 1 union all select i + 1 from n where i <= {IStoreFigures.Most})
             select kind, stream, body, source, created_at, due_at from messages cross join n
             """);

        (await ReadAsync()).Backlog[0].Rows.ShouldBe(IStoreFigures.Most);
    }

    [Fact]
    public void Messages_and_proposals_are_counted_in_their_indexes()
    {
        TestEngine.SkipOnPostgres("SQLite's own words for a plan");
        var plan = _store.Plan(FigureReader.OfKind).Concat(_store.Plan(FigureReader.OfAll)).ToList();

        // the quarantine is bounded by itself, and the rest is what the query has found
        plan.Where(step => step.StartsWith("SCAN", StringComparison.Ordinal)).Distinct()
            .ShouldBe(["SCAN CONSTANT ROW", "SCAN s", "SCAN counted", "SCAN messages USING INDEX messages_leased", "SCAN quarantined"], ignoreOrder: true);
        // 's' is what the query itself has found
        plan.Where(step => step.StartsWith("SEARCH", StringComparison.Ordinal)).Where(step => !step.StartsWith("SEARCH s", StringComparison.Ordinal)).ShouldAllBe(step => step.Contains(" INDEX ", StringComparison.Ordinal), string.Join('\n', plan));
        plan.Count(step => step.Contains(" INDEX messages_source_due (kind=? AND source=?", StringComparison.Ordinal)).ShouldBeGreaterThanOrEqualTo(2, string.Join('\n', plan));
    }

    private Task<StoreFigures> ReadAsync() => _store.Get<IStoreFigures>().ReadAsync([Note.Kind, "another.kind"], Token);

    private async Task ExecuteAsync(string sql) => await _store.ScalarAsync($"{sql} returning 1");
}
