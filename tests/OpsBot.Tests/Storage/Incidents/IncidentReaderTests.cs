using OpsBot.Contracts.Incidents;
using OpsBot.Contracts.Ports;
using OpsBot.Storage.Incidents;
using OpsBot.Storage.Memory;
using OpsBot.Tests.Support;

namespace OpsBot.Tests.Storage.Incidents;

/// <summary>Pages cost the same however many incidents there were.</summary>
public sealed class IncidentReaderTests : IAsyncDisposable
{
    private readonly StoreFixture _store = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _store.DisposeAsync();

    [Fact]
    public async Task Several_statuses_are_one_list_by_pages_the_newest_first()
    {
        await InsertAsync(30);

        var first = await ListAsync([IncidentStatus.Open, IncidentStatus.Acknowledged], limit: 3, offset: 0);
        var second = await ListAsync([IncidentStatus.Open, IncidentStatus.Acknowledged], limit: 3, offset: 3);

        // every tenth is open and the one before it acknowledged
        first.Concat(second).ShouldBe([30, 29, 20, 19, 10, 9]);
        (await ListAsync([IncidentStatus.Open, IncidentStatus.Acknowledged], limit: 3, offset: 6)).ShouldBeEmpty();
        (await ListAsync([IncidentStatus.Resolved, IncidentStatus.Resolved], limit: 2, offset: 1)).ShouldBe([27, 26]);
        (await ListAsync([], limit: 2, offset: 28)).ShouldBe([2, 1]);
    }

    [Fact]
    public async Task Incidents_are_counted_to_a_bound()
    {
        await InsertAsync(IncidentCounts.CountedTo * 5 / 4 + 20);

        var counts = await _store.Get<IIncidentOverview>().CountAsync(Token);

        (counts.Open, counts.Acknowledged, counts.Resolved).ShouldBe((1252, 1252, IncidentCounts.CountedTo + 1));
    }

    [Fact]
    public void No_query_of_a_page_goes_through_all_incidents()
    {
        TestEngine.SkipOnPostgres("SQLite's own words for a plan");

        foreach (var sql in new[]
        {
            IncidentReader.ListOf([IncidentStatus.Open, IncidentStatus.Acknowledged]), IncidentReader.Counts,
            SimilarOutcomes.SameAlertsQuery, SimilarOutcomes.SameServiceQuery,
        })
        {
            var plan = _store.Plan(sql);
            plan.ShouldAllBe(step => !step.Contains("SCAN incidents", StringComparison.Ordinal) && !step.Contains("(status=? AND id<?)", StringComparison.Ordinal), string.Join('\n', plan));
            plan.ShouldContain(step => step.StartsWith("SEARCH", StringComparison.Ordinal), sql);
        }
    }

    private async Task<IReadOnlyList<long>> ListAsync(IReadOnlyCollection<IncidentStatus> status, int limit, int offset) =>
        [.. (await _store.Get<IIncidentReader>().ListAsync(status, limit, offset, Token)).Select(incident => incident.Id)];

    private async Task InsertAsync(int number)
    {
        _ = _store.Reader; // makes the store
        await _store.ScalarAsync(
            $$"""
            insert into incidents (environment, status, title, severity, opened_at, last_event_at, state, memory)
              with recursive n (i) as (select 1 union all select i + 1 from n where i < {{number}})
              select 'production', case i % 10 when 0 then 'open' when 9 then 'acknowledged' else 'resolved' end, '', 'low', i, i,
                replace('{{IncidentTable.Write(Some.OpenedThread(4711).Incident)}}', '4711', cast(i as text)), '' from n returning 1
            """);
    }
}
