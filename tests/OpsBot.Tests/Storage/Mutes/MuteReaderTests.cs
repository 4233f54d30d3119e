using OpsBot.Storage.Mutes;
using OpsBot.Tests.Support;

namespace OpsBot.Tests.Storage.Mutes;

public sealed class MuteReaderTests
{
    [Fact]
    public async Task What_alerts_of_a_fingerprint_are_about_is_found_by_an_index()
    {
        await using var store = new StoreFixture();
        _ = store.Reader;
        await using var connection = TestEngine.Open(store.Folder);
        await Run("""
            create table n as with recursive n (i) as (select 1 union all select i + 1 from n where i < 20000) select i from n;
            insert into incidents (id, environment, status, title, severity, opened_at, last_event_at, resolved_at, state, memory) select i, 'e', 'resolved', 't', 'high', i, i, i, '', '' from n;
            insert into incident_alerts (incident_id, source, incident_key, fingerprint, environment, status, last_at, state)
              select i, 'x', 'k' || i, case when i % 3 = 0 then '' else 'f' || i end, 'e', 'resolved', i, '' from n;
            drop table n;
            analyze
            """).ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        var list = TestEngine.IsPostgres ? "'{f1,k3}'" : "('f1', 'k3')";

        var plan = new List<string>();
        await using (var command = Run($"explain {(TestEngine.IsPostgres ? "" : "query plan ")}{MuteReader.OfAlerts(connection).Replace("@fingerprints", list, StringComparison.Ordinal)}"))
        {
            await using var reader = await command.ExecuteReaderAsync(TestContext.Current.CancellationToken);
            while (await reader.ReadAsync(TestContext.Current.CancellationToken))
                plan.Add(reader.GetString(reader.FieldCount - 1));
        }

        var shown = string.Join('\n', plan);
        shown.ShouldContain("incident_alerts_muted");
        plan.ShouldNotContain(line => line.Contains("Seq Scan", StringComparison.Ordinal) || line.StartsWith("SCAN ", StringComparison.Ordinal), shown);

        System.Data.Common.DbCommand Run(string sql)
        {
            var command = connection.CreateCommand();
#pragma warning disable CA2100 // the test's own text, and the program's
            command.CommandText = sql;
#pragma warning restore CA2100
            return command;
        }
    }
}
