using System.Text.Json;
using Microsoft.Data.Sqlite;
using OpsBot.Contracts;
using OpsBot.Contracts.Events;
using OpsBot.Contracts.Incidents;
using OpsBot.Contracts.Ports;
using OpsBot.Storage.Engine;
using OpsBot.Tests.Support;

namespace OpsBot.Tests.Storage.Incidents;

/// <summary>A store of before alerts were told by their keys, brought up to date.</summary>
public sealed class AlertIdentityMigrationTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("opsbot-migration-").FullName;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_newest_of_the_alerts_of_one_key_stays_and_the_counts_follow()
    {
        TestEngine.SkipOnPostgres("there were no such stores on PostgreSQL");
        await using (var old = Old())
        {
            AddIncident(old, 1, "prod", firing: 2, resolved: 1);
            AddAlert(old, 1, "prod", "Q1", "fp-old", AlertStatus.Firing, 10);
            AddAlert(old, 1, "prod", "Q1", "fp-new", AlertStatus.Resolved, 20);
            AddAlert(old, 1, "prod", "Q2", "fp-2", AlertStatus.Firing, 15);
        }

        await using var store = new StoreFixture(folder: _folder);
        var detail = (await store.Get<IIncidentReader>().FindAsync(1, Token)).ShouldNotBeNull();
        detail.Alerts.Select(alert => (alert.IncidentKey, alert.Fingerprint, alert.Status)).ShouldBe(
            [("Q1", "fp-new", AlertStatus.Resolved), ("Q2", "fp-2", AlertStatus.Firing)]);
        (detail.Incident.Firing, detail.Incident.Resolved, detail.Incident.Title).ShouldBe((1, 1, "a \"firing\":2, title"));
    }

    [Fact]
    public async Task Environments_are_written_in_one_way_and_a_key_open_in_both_stays_with_the_newer()
    {
        TestEngine.SkipOnPostgres("there were no such stores on PostgreSQL");
        await using (var old = Old())
        {
            AddIncident(old, 1, "Prod", firing: 1);
            AddAlert(old, 1, "Prod", "fp-1", "fp-1", AlertStatus.Firing, 10);
            AddIncident(old, 2, "prod", firing: 1);
            AddAlert(old, 2, "prod", "fp-1", "fp-1", AlertStatus.Firing, 20);
            foreach (var (environment, at) in new[] { ("Prod", 5), ("prod", 7) })
            {
                Execute(
                    old, "insert into orphan_resolves values ($environment, 'alertmanager', 'gone', $environment, $at, $at)",
                    ("$environment", environment), ("$at", Some.At(at).ToUnixTimeMilliseconds()));
            }

            Execute(old, "insert into changes values ('github', 'c-1', 'Prod', 1, '{}')");
        }

        await using var store = new StoreFixture(folder: _folder);
        var incidents = await store.Get<IIncidentReader>().ListAsync([], 10, 0, Token);
        incidents.Select(incident => incident.Environment).ShouldBe(["prod", "prod"]);
        await using var now = Open();
        foreach (var table in new[] { "incidents", "incident_alerts", "incident_keys", "orphan_resolves", "changes" })
            Query(now, $"select distinct environment from {table}").ShouldBe(["prod"], table);
        Query(now, "select incident_id from incident_keys where is_open = 1").ShouldBe([2L]);
        Query(now, "select resolved_at from orphan_resolves").ShouldBe([Some.At(7).ToUnixTimeMilliseconds()]);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private SqliteConnection Open()
    {
        var connection = new SqliteConnection($"Data Source={Path.Combine(_folder, "opsbot.db")};Pooling=False");
        connection.Open();
        return connection;
    }

    private SqliteConnection Old()
    {
        var connection = Open();
        Execute(connection, "create table migrations (number integer primary key, name text not null)");
        foreach (var (number, name, sql) in Migrator.Scripts().Where(script => script.Number < 3))
        {
            Execute(connection, sql
                .Replace("{{identity}}", "integer primary key autoincrement", StringComparison.Ordinal)
                .Replace("{{bytes}}", "blob", StringComparison.Ordinal));
            Execute(connection, "insert into migrations values ($number, $name)", ("$number", number), ("$name", name));
        }

        return connection;
    }

    private static void AddIncident(SqliteConnection connection, long id, string environment, int firing, int resolved = 0)
    {
        var incident = new Incident
        {
            Id = id,
            Environment = environment,
            Title = "a \"firing\":2, title",
            Status = IncidentStatus.Open,
            StartedAt = Some.At(0),
            OpenedAt = Some.At(0),
            LastEventAt = Some.At(20),
            Firing = firing,
            Resolved = resolved,
        };
        Execute(
            connection,
            "insert into incidents (id, environment, status, title, severity, opened_at, last_event_at, state, memory) values ($id, $environment, 'open', '', 'unknown', 0, 0, $state, '{}')",
            ("$id", id), ("$environment", environment), ("$state", JsonSerializer.Serialize(incident, OpsBotJson.Options)));
    }

    private static void AddAlert(SqliteConnection connection, long id, string environment, string key, string fingerprint, AlertStatus status, int at)
    {
        var alert = new IncidentAlert(
            "alertmanager", key, fingerprint, "t", null, null, status, 1, Some.At(0), Some.At(at), new Dictionary<string, string>(), [], null, null, null, null);
        Execute(
            connection, "insert into incident_alerts values ($id, 'alertmanager', $key, $fingerprint, $environment, $status, $at, $state)",
            ("$id", id), ("$key", key), ("$fingerprint", fingerprint), ("$environment", environment), ("$status", status.ToString().ToLowerInvariant()),
            ("$at", at), ("$state", JsonSerializer.Serialize(alert, OpsBotJson.Options)));
        Execute(
            connection, "insert into incident_keys values ($id, $environment, 'alertmanager', $key, 1) on conflict do nothing",
            ("$id", id), ("$environment", environment), ("$key", key));
    }

    private static void Execute(SqliteConnection connection, string sql, params (string Name, object Value)[] values)
    {
        using var command = Command(connection, sql);
        foreach (var (name, value) in values)
            command.Parameters.AddWithValue(name, value);
        command.ExecuteNonQuery();
    }

    private static List<object> Query(SqliteConnection connection, string sql)
    {
        using var command = Command(connection, sql);
        using var reader = command.ExecuteReader();
        var found = new List<object>();
        while (reader.Read())
            found.Add(reader.GetValue(0));
        return found;
    }

    private static SqliteCommand Command(SqliteConnection connection, string sql)
    {
        var command = connection.CreateCommand();
#pragma warning disable CA2100 // the test's own text
        command.CommandText = sql;
#pragma warning restore CA2100
        return command;
    }
}
