using System.Data.Common;
using System.Globalization;
using OpsBot.Contracts.Ports;
using OpsBot.Storage.Engine;
using OpsBot.Storage.Retention;
using OpsBot.Tests.Storage.Messages;
using OpsBot.Tests.Support;

namespace OpsBot.Tests.Storage.Retention;

public sealed class StorePruningTests : IAsyncLifetime
{
    private readonly StoreFixture _store = new(store: options =>
    {
        options.Retention = TimeSpan.FromDays(30);
        options.IncidentRetention = TimeSpan.FromDays(400);
    });

    // What was done about an incident and what came of it outlives it: one is accounted for, from the other the next one learns. A watch goes by its own end.
    private static readonly string[] Outliving = ["proposals", "action_runs", "outcomes", "outcome_fingerprints", "outcome_uses", "watches", "training_jobs"];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => await _store.Reader.CountAsync(Token);

    public ValueTask DisposeAsync() => _store.DisposeAsync();

    [Fact]
    public async Task Handled_messages_go_with_their_journal_and_live_and_dead_ones_stay_whatever_their_age()
    {
        await RunAsync($"""
            insert into messages (id, kind, stream, body, source, created_at, due_at, handled_at, dead_at) values
              (1, 'k', 's', 'b', 'x', 0, 0, {Ago(31)}, null), (2, 'k', 's', 'b', 'x', 0, 0, {Ago(29)}, null),
              (3, 'k', 's', 'b', 'x', 0, 0, null, null), (4, 'k', 's', 'b', 'x', 0, 0, null, {Ago(900)});
            insert into journal (message_id, lease_token, at, step, body) values
              (1, 2, 0, 's', 'b'), (1, 2, 0, 's', 'b'), (2, 2, 0, 's', 'b'), (3, 2, 0, 's', 'b'), (4, 2, 0, 's', 'b')
            """);

        (await PruneAsync()).ShouldBe(3);

        (await ListAsync("select id from messages")).ShouldBe("2,3,4");
        (await ListAsync("select message_id from journal")).ShouldBe("2,3,4");
    }

    [Fact]
    public async Task Keys_outlive_their_rows_by_a_week_and_orphan_resolves_and_changes_go_with_the_rows()
    {
        await RunAsync($"""
            insert into delivery_keys (source, delivery_key, received_at) values ('x', 'old', {Ago(38)}), ('x', 'new', {Ago(36)});
            insert into orphan_resolves (environment, source, incident_key, resolved_at, received_at) values
              ('e', 'x', 'old', 0, {Ago(31)}), ('e', 'x', 'new', 0, {Ago(29)});
            insert into changes (source, change_key, occurred_at, state) values ('x', 'old', {Ago(31)}, ''), ('x', 'new', {Ago(29)}, '')
            """);

        (await PruneAsync()).ShouldBe(3);

        (await ListAsync("select delivery_key from delivery_keys")).ShouldBe("new");
        (await ListAsync("select incident_key from orphan_resolves")).ShouldBe("new");
        (await ListAsync("select change_key from changes")).ShouldBe("new");
    }

    [Fact]
    public async Task A_delivery_is_known_for_seven_days_after_its_row_is_gone()
    {
        await _store.Intake.AcceptAsync(Note.Delivered("a", "a"), Token);
        var row = (await _store.ClaimAsync(Note.Kind)).ShouldHaveSingleItem();
        await _store.Handling.HandleAsync<Note>(row.Id, row.LeaseToken, (_, _) => Task.FromResult(Note.Nothing), Token);

        _store.Clock.Advance(TimeSpan.FromDays(30) + TimeSpan.FromMinutes(1));
        (await PruneAsync()).ShouldBe(1);
        (await _store.Intake.AcceptAsync(Note.Delivered("a", "a"), Token)).ShouldBe(IntakeResult.Duplicate);

        _store.Clock.Advance(TimeSpan.FromDays(7));
        await PruneAsync();
        (await _store.Intake.AcceptAsync(Note.Delivered("a", "a"), Token)).ShouldBe(IntakeResult.Accepted);
    }

    [Fact]
    public async Task A_resolved_incident_goes_with_everything_that_is_its_own_and_no_other_is_touched()
    {
        await RunAsync($"""
            insert into incidents (id, environment, status, title, severity, opened_at, last_event_at, resolved_at, state, memory) values
              (1, 'e', 'resolved', 't', 'critical', 0, 0, {Ago(401)}, '', ''), (2, 'e', 'resolved', 't', 'critical', 0, 0, {Ago(399)}, '', ''),
              (3, 'e', 'open', 't', 'critical', 0, 0, null, '', ''), (4, 'e', 'acknowledged', 't', 'critical', 0, 0, {Ago(900)}, '', '')
            """);
        var tables = await TablesOfIncidentsAsync();
        foreach (var (table, columns) in tables)
        {
            foreach (var incident in new[] { 1, 1, 2, 3, 4 })
                await InsertAnyAsync(table, columns, incident);
        }

        await PruneAsync();

        (await ListAsync("select id from incidents")).ShouldBe("2,3,4");
        tables.Count.ShouldBeGreaterThanOrEqualTo(7);
        foreach (var (table, _) in tables)
            (await ListAsync($"select distinct incident_id from {table}")).ShouldBe("2,3,4", table);
    }

    [Fact]
    public async Task No_transaction_deletes_more_than_a_batch_and_a_write_gets_its_turn_after_each()
    {
        await RunAsync($"""
            with recursive n (i) as (select 1 union all select i + 1 from n where i < 2500)
            insert into messages (kind, stream, body, source, created_at, due_at, handled_at) select 'k', 's', 'b', 'x', 0, 0, {Ago(31)} from n;
            insert into journal (message_id, lease_token, at, step, body) select 1, 2, 0, 's', 'b' from messages;
            insert into incidents (id, environment, status, title, severity, opened_at, last_event_at, resolved_at, state, memory)
              values (1, 'e', 'resolved', 't', 'critical', 0, 0, {Ago(401)}, '', '');
            insert into timeline (incident_id, at, kind, text) select 1, 0, 'k', 't' from messages
            """);
        var pruning = _store.Get<StorePruning>().PruneAsync(Token);
        var left = new List<long> { 7501 };

        while (left[^1] > 0)
        {
            // A batch is behind us, and the next one waits for the clock: one that is still to be written would be found together with that.
            while (!_store.Clock.IsAwaited && !pruning.IsCompleted)
                await Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System, Token);
            await _store.Get<IStore>().WriteAsync(_ => Task.CompletedTask, Token);
            var rows = await _store.ScalarAsync(
                "select (select count(*) from messages) + (select count(*) from journal) + (select count(*) from timeline) + (select count(*) from incidents)");
            (left[^1] - rows).ShouldBeInRange(0, StorePruning.BatchRows);
            left.Add(rows);
            _store.Clock.Advance(TimeSpan.FromMilliseconds(100));
        }

        left.Distinct().Count().ShouldBeGreaterThan(7);
        (await FinishAsync(pruning)).ShouldBe(7501);
    }

    private Task<int> PruneAsync() => FinishAsync(_store.Get<StorePruning>().PruneAsync(Token));

    private async Task<int> FinishAsync(Task<int> pruning)
    {
        while (!pruning.IsCompleted)
        {
            await Task.WhenAny(pruning, Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, Token));
            _store.Clock.Advance(TimeSpan.FromMilliseconds(100));
        }

        return await pruning;
    }

    private int _any = 1000;

    private long Ago(int days) => (_store.Clock.GetUtcNow() - TimeSpan.FromDays(days)).ToUnixTimeMilliseconds();

    /// <summary>Every table that says which incident a row belongs to, with the columns that must have a value: one that is forgotten by pruning is found here.</summary>
    private async Task<List<(string Table, List<(string Name, string Type)> Columns)>> TablesOfIncidentsAsync()
    {
        var found = new List<(string, List<(string, string)>)>();
        await using var connection = Open();
        foreach (var table in (await RowsAsync(connection, TestEngine.Tables)).Except(Outliving))
        {
            var columns = await RowsAsync(connection, TestEngine.ColumnsOf(table));
            if (columns.Any(column => column.StartsWith("incident_id ", StringComparison.Ordinal)))
                found.Add((table, [.. columns.Select(column => (column.Split(' ')[0], column.Split(' ')[1]))]));
        }

        return found;
    }

    /// <summary>A row with the incident and otherwise values of no meaning, each used once.</summary>
    private Task InsertAnyAsync(string table, List<(string Name, string Type)> columns, int incident)
    {
        var values = columns.Select(column => column.Name == "incident_id" ? $"{incident}"
            : column.Type.Contains("int", StringComparison.OrdinalIgnoreCase) ? $"{++_any}" : $"'any{++_any}'");
        return RunAsync($"insert into {table} ({string.Join(", ", columns.Select(column => column.Name))}) values ({string.Join(", ", values)}) on conflict do nothing");
    }

    private async Task RunAsync(string sql)
    {
        await using var connection = Open();
        await using var command = connection.CreateCommand();
#pragma warning disable CA2100 // the test's own text
        command.CommandText = sql;
#pragma warning restore CA2100
        await command.ExecuteNonQueryAsync(Token);
    }

    private async Task<string> ListAsync(string sql)
    {
        await using var connection = Open();
        return string.Join(',', (await RowsAsync(connection, sql)).Order(StringComparer.Ordinal));
    }

    private static async Task<List<string>> RowsAsync(DbConnection connection, string sql)
    {
        await using var command = connection.CreateCommand();
#pragma warning disable CA2100 // the test's own text
        command.CommandText = sql;
#pragma warning restore CA2100
        await using var reader = await command.ExecuteReaderAsync(Token);
        var rows = new List<string>();
        while (await reader.ReadAsync(Token))
            rows.Add(Convert.ToString(reader.GetValue(0), CultureInfo.InvariantCulture)!);
        return rows;
    }

    private DbConnection Open() => TestEngine.Open(_store.Folder);
}
