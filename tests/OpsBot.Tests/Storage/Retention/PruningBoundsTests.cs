using System.Data.Common;
using OpsBot.Storage.Engine;
using OpsBot.Storage.Retention;
using OpsBot.Tests.Support;

namespace OpsBot.Tests.Storage.Retention;

/// <summary>What pruning leaves alone, that one process does it at a time, and that it never reads a table from end to end.</summary>
public sealed class PruningBoundsTests : IAsyncLifetime
{
    private const int Many = 20_000;

    private readonly StoreFixture _store = new();

    private static readonly ISqlDialect Dialect = TestEngine.IsPostgres ? new PostgresDialect() : new SqliteDialect();

    /// <summary>Every statement that pruning looks or deletes with, by the table that it must not read from end to end.</summary>
    private static List<(string Table, string Sql)> Statements()
    {
        List<(string Table, string Sql)> all =
        [
            ("messages", PruneMessages.Sql(Dialect)),
            ("journal", PruneMessages.JournalSql(Dialect)),
            ("delivery_keys", PruneTables.Sql(Dialect, "delivery_keys", "received_at")),
            ("orphan_resolves", PruneTables.Sql(Dialect, "orphan_resolves", "received_at")),
            ("changes", PruneTables.Sql(Dialect, "changes", "occurred_at")),
            ("contracts", PruneTables.Sql(Dialect, "contracts", "superseded_at")),
            ("contracts", PruneTables.Sql(Dialect, "contracts", "at")),
            ("training_jobs", PruneTables.Sql(Dialect, "training_jobs", "heard_at")),
            ("watches", PruneWatches.Sql(Dialect)),
            ("watch_findings", PruneWatches.FindingsSql(Dialect)),
            ("incidents", PruneIncidents.Oldest),
        ];
        foreach (var table in PruneIncidents.Owned)
            all.Add((table, PruneIncidents.Sql(Dialect, table)));
        return all;
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => await _store.Reader.CountAsync(Token);

    public ValueTask DisposeAsync() => _store.DisposeAsync();

    [Fact]
    public async Task Each_statement_of_pruning_goes_by_an_index()
    {
        await using var connection = TestEngine.Open(_store.Folder);
        await FillAsync(connection);

        foreach (var (table, sql) in Statements())
        {
            foreach (var plan in await PlansAsync(connection, sql))
            {
                var shown = $"{sql}\n{string.Join('\n', plan)}";
                // named even where it is first counted on to fail: a plan that is empty would say nothing
                plan.ShouldContain(line => line.Contains(table, StringComparison.Ordinal) || line.Contains("rowid", StringComparison.Ordinal), shown);
                plan.ShouldNotContain(
                    line => line.Contains("Seq Scan", StringComparison.Ordinal)
                        || (line.StartsWith("SCAN ", StringComparison.Ordinal) && !line.Contains("INDEX", StringComparison.Ordinal)),
                    shown);
            }
        }
    }

    [Fact]
    public async Task A_statement_without_an_index_is_found_by_this_test()
    {
        await using var connection = TestEngine.Open(_store.Folder);
        await FillAsync(connection);

        var plans = await PlansAsync(connection, Dialect.DeleteSome("messages", "created_at < @old limit @most"));

        plans.ShouldAllBe(plan => plan.Any(line => line.Contains("Seq Scan", StringComparison.Ordinal) || line.StartsWith("SCAN ", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Of_processes_that_share_a_store_one_prunes_at_a_time()
    {
        await RunAsync("insert into messages (kind, stream, body, source, created_at, due_at, handled_at) values ('k', 's', 'b', 'x', 0, 0, 1)");
        await using var other = new StoreFixture(folder: _store.Folder);
        var turn = await other.Get<IStore>().TryTakeTurnAsync(StoreTurn.Pruning, Token);
        turn.ShouldNotBeNull();

        (await _store.Get<StorePruning>().PruneAsync(Token)).ShouldBe(0);
        (await _store.ScalarAsync("select count(*) from messages")).ShouldBe(1);

        await turn.DisposeAsync();
        var pruning = _store.Get<StorePruning>().PruneAsync(Token);
        while (!pruning.IsCompleted)
        {
            await Task.WhenAny(pruning, Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, Token));
            _store.Clock.Advance(TimeSpan.FromMilliseconds(100));
        }

        (await pruning).ShouldBe(1);
        await using var free = await other.Get<IStore>().TryTakeTurnAsync(StoreTurn.Pruning, Token);
        free.ShouldNotBeNull("the turn is given back");
    }

    [Fact]
    public async Task What_was_done_and_who_did_it_is_never_pruned_however_old_it_is()
    {
        await RunAsync("""
            insert into audit (seq, at, kind, actor, subject, body, mac) values (1, 0, 'k', 'a', 's', 'b', 'm');
            insert into quarantined (source, delivery_key, received_at, headers, body, field, reason, reader) values ('x', 'k', 0, '{}', '', 'f', 'r', '0');
            insert into proposals (id, version, incident_id, action, status, binding, expires_at, state) values (1, 1, 1, 'a', 'approved', 'b', 0, '');
            insert into approvals (proposal_id, version, person, approved, at, binding) values (1, 1, 'ada', 1, 0, 'b');
            insert into proposal_slots (proposal_id, version, slot, at, binding) values (1, 1, 1, 0, 'b');
            insert into action_runs (proposal_id, version, slot, incident_id, target, fence, status, message_id, state, journal) values (1, 1, 1, 1, 't', 1, 'done', 1, '', '');
            insert into target_leases (target, fence) values ('t', 1);
            insert into outcomes (incident_id, environment, resolved_at, state) values (1, 'e', 0, '');
            insert into incidents (id, environment, status, title, severity, opened_at, last_event_at, resolved_at, state, memory) values (1, 'e', 'resolved', 't', 'critical', 0, 0, 1, '', '')
            """);

        var pruning = _store.Get<StorePruning>().PruneAsync(Token);
        while (!pruning.IsCompleted)
        {
            await Task.WhenAny(pruning, Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, Token));
            _store.Clock.Advance(TimeSpan.FromMilliseconds(100));
        }

        (await pruning).ShouldBe(1, "the incident is old enough");
        foreach (var table in new[] { "audit", "quarantined", "proposals", "approvals", "proposal_slots", "action_runs", "target_leases", "outcomes" })
            (await _store.ScalarAsync($"select count(*) from {table}")).ShouldBe(1, table);
    }

    /// <summary>So many rows that an engine which may choose would not read a table for want of anything better.</summary>
    private static Task FillAsync(DbConnection connection) => RunAsync(connection, $"""
        create table n as with recursive n (i) as (select 1 union all select i + 1 from n where i < {Many}) select i from n;
        insert into messages (id, kind, stream, body, source, created_at, due_at, handled_at) select i, 'k', 's' || i, 'b', 'x', i, i, i from n;
        insert into journal (message_id, lease_token, at, step, body) select i, 2, i, 's', 'b' from n;
        insert into delivery_keys (source, delivery_key, received_at) select 'x', 'k' || i, i from n;
        insert into orphan_resolves (environment, source, incident_key, resolved_at, received_at) select 'e', 'x', 'k' || i, i, i from n;
        insert into changes (source, change_key, occurred_at, state) select 'x', 'k' || i, i, '' from n;
        insert into contracts (source, change_key, name, environment, service, at, superseded_at) select 'x', 'k' || i, '', 'e', 's' || i, i, i from n;
        insert into incidents (id, environment, status, title, severity, opened_at, last_event_at, resolved_at, state, memory)
          select i, 'e', 'resolved', 't', 'high', i, i, i, '', '' from n;
        insert into incident_keys (incident_id, environment, source, incident_key, is_open) select i, 'e', 'x', 'k' || i, 0 from n;
        insert into incident_alerts (incident_id, source, incident_key, fingerprint, environment, status, last_at, state) select i, 'x', 'k' || i, 'f', 'e', 'resolved', i, '' from n;
        insert into incident_joins (incident_id, at, reason, body) select i, i, 'r', 'b' from n;
        insert into timeline (incident_id, at, kind, text) select i, i, 'k', 't' from n;
        insert into diagnoses (incident_id, generation, at, reason, report) select i, 1, i, 'r', 'r' from n;
        insert into threads (incident_id, surface, opened_at, card, card_version) select i, 'web', i, '', 1 from n;
        insert into thread_replies (incident_id, surface, delivery_id, at, kind, text) select i, 'web', 'd' || i, i, 'k', 't' from n;
        insert into training_jobs (source, job_key, short_key, status, status_at, heard_at) select 'x', 'k' || i, 'k' || i, 'failed', i, i from n;
        insert into watches (title, kind, spec, status, interval_ms, deadline_at, blind_after, owner, environment, created_at, progress, ended_at)
          select 't', 'query', '', 'ended', 1, i, 3, 'o', 'e', i, '', i from n;
        insert into watch_findings (watch_id, tick, kind, change, at, text) select i, 1, 'k', 'c', i, 't' from n;
        drop table n;
        analyze;
        """);

    /// <summary>How the engine goes about it; PostgreSQL both when it looks at the values and when it has ceased to, as it does with what is prepared.</summary>
    private static async Task<List<List<string>>> PlansAsync(DbConnection connection, string sql)
    {
        var values = new Dictionary<string, string> { ["@old"] = "100", ["@most"] = "500", ["@id"] = "7" };
        if (!TestEngine.IsPostgres)
            return [await RowsAsync(connection, $"explain query plan {values.Aggregate(sql, (text, value) => text.Replace(value.Key, value.Value, StringComparison.Ordinal))}", "detail")];

        var used = values.Keys.Where(name => sql.Contains(name, StringComparison.Ordinal)).ToList();
        var numbered = used.Select((name, i) => (name, i)).Aggregate(sql, (text, each) => text.Replace(each.name, $"${each.i + 1}", StringComparison.Ordinal));
        await RunAsync(connection, $"deallocate all; prepare pruning ({string.Join(", ", used.Select(_ => "bigint"))}) as {numbered}");
        var plans = new List<List<string>>();
        foreach (var mode in new[] { "force_custom_plan", "force_generic_plan" })
        {
            await RunAsync(connection, $"set plan_cache_mode = {mode}");
            plans.Add(await RowsAsync(connection, $"explain execute pruning ({string.Join(", ", used.Select(name => values[name]))})", "QUERY PLAN"));
        }

        return plans;
    }

    private static async Task<List<string>> RowsAsync(DbConnection connection, string sql, string column)
    {
        await using var command = connection.CreateCommand();
#pragma warning disable CA2100 // the test's own text
        command.CommandText = sql;
#pragma warning restore CA2100
        await using var reader = await command.ExecuteReaderAsync(Token);
        var rows = new List<string>();
        while (await reader.ReadAsync(Token))
            rows.Add(reader.GetString(reader.GetOrdinal(column)));
        return rows;
    }

    private async Task RunAsync(string sql)
    {
        await using var connection = TestEngine.Open(_store.Folder);
        await RunAsync(connection, sql);
    }

    private static async Task RunAsync(DbConnection connection, string sql)
    {
        await using var command = connection.CreateCommand();
#pragma warning disable CA2100 // the test's own text
        command.CommandText = sql;
#pragma warning restore CA2100
        await command.ExecuteNonQueryAsync(Token);
    }
}
