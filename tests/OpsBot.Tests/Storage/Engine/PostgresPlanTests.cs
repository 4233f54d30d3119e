using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Npgsql;
using OpsBot.Contracts;
using OpsBot.Contracts.Events;
using OpsBot.Contracts.Incidents;
using OpsBot.Storage.Engine;
using OpsBot.Storage.Incidents;
using OpsBot.Storage.Messages;
using OpsBot.Storage.Retention;
using OpsBot.Tests.Support;

namespace OpsBot.Tests.Storage.Engine;

/// <summary>
/// How PostgreSQL does what is asked of it all the time, on a store that has grown. The real code runs, often enough for its statements to be prepared and planned for
/// any parameters, and the server itself tells the plan of each (auto_explain); docs/plans.md shows them.
/// </summary>
public sealed partial class PostgresPlanTests : IAsyncLifetime
{
    private const int Rounds = 14;
    private const long Day = 24 * 3_600_000L;
    private const long Now = 1_772_359_200_000;
    private const int MostInVain = 3_000;

    private readonly StoreFixture _store = new();
    private readonly List<string> _plans = [];
    private NpgsqlConnection _connection = null!;

    public async ValueTask InitializeAsync()
    {
        Assert.SkipUnless(TestEngine.IsPostgres, "plans of PostgreSQL");
        _ = _store.Get<IStore>();
        await using (var plain = TestEngine.Open(_store.Folder))
        {
            plain.Execute(
                Grown,
                ("Now", Now), ("Day", Day), ("incident", JsonSerializer.Serialize(Incident(), OpsBotJson.Options)), ("alert", JsonSerializer.Serialize(Alert(), OpsBotJson.Options)));
            plain.Execute("analyze messages, journal, delivery_keys, incidents, incident_alerts, incident_keys, incident_joins, timeline, diagnoses, threads, thread_replies, changes");
        }

        await using var like = (NpgsqlConnection)TestEngine.Open(_store.Folder);
        _connection = new NpgsqlConnection($"{like.ConnectionString};Max Auto Prepare=60");
        await _connection.OpenAsync();
        // told to us alone: the server's log is not for this
        _connection.Execute(
            "load 'auto_explain'; set log_min_messages = fatal; set auto_explain.log_min_duration = 0; set auto_explain.log_analyze = on; set auto_explain.log_timing = off; set client_min_messages = log; set jit = off");
        _connection.Notice += (_, told) => _plans.Add(told.Notice.MessageText);
    }

    public async ValueTask DisposeAsync()
    {
        if (_connection is not null) await _connection.DisposeAsync();
        await _store.DisposeAsync();
    }

    [Fact]
    public async Task Nothing_that_is_done_all_the_time_reads_a_whole_table()
    {
        var own = new WorkerIdentity("host", "owner-1");
        var floors = new DueFloors();
        await PlansAsync("claims", (transaction, _) => Claims.ClaimAsync(
            transaction, new Dictionary<string, int> { ["alert.reported"] = 32, ["thread.update-card"] = 16, ["incident.diagnose"] = 2 }, own, Now, Now + 60_000, floors), WriteLane.Leases);
        await PlansAsync("what is known of an alert", (transaction, round) => KnownIncidents.OfAsync(
            transaction, new AlertIdentity($"env{round}", "alertmanager", $"key{round * 7_001}", $"fp{round * 7_001}") { MutedAs = "fp" }, At(Now)));
        await PlansAsync("what is known of many alerts", async (transaction, round) =>
        {
            await ForeseenIncidents.LookAsync(
                transaction,
                [.. Enumerable.Range(0, 50).Select(one => new AlertIdentity($"env{round}", "alertmanager", $"key{(round * 7_001) + one}", $"fp{(round * 7_001) + one}"))]);
            return true;
        });
        await PlansAsync("incidents that an alert might belong to", (transaction, round) => IncidentTable.RecentAsync(
            transaction, $"env{round % 5}", At(Now - (3_600_000 * 2)), new TimeWindow(At(Now - 600_000), At(Now)), 50, 3));
        await PlansAsync("abandoned leases", (transaction, _) => AbandonedLeases.FreeAsync(transaction, ["owner-2"], 20, Now));
        await PlansAsync("owners of leases", (transaction, _) => AbandonedLeases.OwnersAsync(transaction));
        await PlansAsync("pruning of messages", (transaction, _) => PruneMessages.BatchAsync(transaction, Now - (29 * Day), 500));
        await PlansAsync("pruning of delivery keys", (transaction, _) => PruneTables.DeliveryKeysAsync(transaction, Now - (29 * Day), 500));
        await PlansAsync("pruning of changes", (transaction, _) => PruneTables.ChangesAsync(transaction, Now - (29 * Day), 500));
        await PlansAsync("pruning of incidents", (transaction, _) => PruneIncidents.BatchAsync(transaction, Now - (390 * Day), 100));
    }

    private async Task PlansAsync<T>(string what, Func<StoreTransaction, int, Task<T>> work, WriteLane lane = WriteLane.Serial)
    {
        var seen = new List<string>();
        for (var round = 0; round < Rounds; round++)
        {
            _plans.Clear();
            await using var transaction = await _connection.BeginTransactionAsync();
            if (lane == WriteLane.Leases)
            {
                await using var settings = new NpgsqlCommand(PostgresStore.LeaseSettings, _connection, transaction);
                await settings.ExecuteNonQueryAsync();
            }

            await work(new StoreTransaction(_connection, transaction, new PostgresDialect()), round);
            await transaction.RollbackAsync();
            var plans = _plans.Where(plan => plan.Contains("Query Text:", StringComparison.Ordinal)).ToList();
            plans.ShouldNotBeEmpty(what);
            seen = plans;
            foreach (var plan in plans)
            {
                Whole().IsMatch(plan).ShouldBeFalse($"{what}, round {round}:\n{plan}");
                InVain().Matches(plan).Select(rows => long.Parse(rows.Groups["rows"].ValueSpan, CultureInfo.InvariantCulture)).ShouldAllBe(rows => rows <= MostInVain, $"{what}, round {round}:\n{plan}");
            }
        }

        // the last round is that of prepared statements
        foreach (var plan in seen.DistinctBy(plan => plan[plan.IndexOf("Query Text:", StringComparison.Ordinal)..][..80]))
        {
            TestContext.Current.TestOutputHelper?.WriteLine($"# {what}\n{plan}\n");
        }
    }

    private static DateTimeOffset At(long milliseconds) => DateTimeOffset.FromUnixTimeMilliseconds(milliseconds);

    private static Incident Incident() => new()
    {
        Id = 1,
        Environment = "env",
        Title = "it fails",
        Status = IncidentStatus.Open,
        StartedAt = At(Now),
        OpenedAt = At(Now),
        LastEventAt = At(Now),
        Firing = 1,
        Resolved = 0,
    };

    private static IncidentAlert Alert() => new(
        "alertmanager", "key", "fp", "t", null, null, AlertStatus.Firing, 1, At(Now), At(Now), new Dictionary<string, string>(), [], null, null, null, null);

    /// <summary>30 days of messages and 400 of incidents; few are at work at any time.</summary>
    private const string Grown =
        """
        insert into messages (kind, stream, body, source, delivery_key, created_at, due_at, handled_at)
          select (array['alert.reported','thread.update-card','incident.diagnose'])[1 + i % 3], 's' || i, repeat('x', 200), 'alertmanager', 'd' || i,
            @Now - @Day * 30 * i / 150000, @Now - @Day * 30 * i / 150000, @Now - @Day * 30 * i / 150000 + 100
          from generate_series(1, 150000) i;
        insert into messages (kind, stream, body, source, created_at, due_at)
          select (array['alert.reported','thread.update-card','incident.diagnose'])[1 + i % 3], 'w' || i % 700, 'x', 'alertmanager', @Now - i, @Now - i
          from generate_series(1, 4000) i;
        insert into messages (kind, stream, body, source, created_at, due_at, leased_by, lease_until, published_at, lease_token)
          select 'alert.reported', 'l' || i, 'x', 'alertmanager', @Now - i, @Now - i, 'owner-' || (1 + i % 2), @Now + 50000, @Now - i, 1
          from generate_series(1, 60) i;
        insert into journal (message_id, lease_token, at, step, body) select id, 1, handled_at, 'begun', repeat('x', 300) from messages, generate_series(1, 2) where handled_at is not null;
        insert into delivery_keys (source, delivery_key, received_at) select 'alertmanager', 'd' || i, @Now - @Day * 37 * i / 150000 from generate_series(1, 150000) i;
        insert into incidents (environment, status, title, severity, opened_at, last_event_at, resolved_at, state, memory)
          select 'env' || i % 5, 'resolved', 'it fails', 'critical', @Now - @Day * 400 * i / 120000, @Now - @Day * 400 * i / 120000 + 1000, @Now - @Day * 400 * i / 120000 + 2000, @incident, '{}'
          from generate_series(1, 120000) i;
        insert into incidents (environment, status, title, severity, opened_at, last_event_at, state, memory)
          select 'env' || i % 5, 'open', 'it fails', 'critical', @Now - i * 1000, @Now - i * 500, @incident, '{}' from generate_series(1, 300) i;
        insert into incident_alerts (incident_id, source, incident_key, fingerprint, environment, status, last_at, state)
          select id, 'alertmanager', 'key' || id, 'fp' || id, environment, 'firing', last_event_at, @alert from incidents;
        insert into incident_keys (incident_id, environment, source, incident_key, is_open)
          select id, environment, 'alertmanager', 'key' || id, case when status = 'open' then 1 else 0 end from incidents;
        insert into incident_joins (incident_id, at, reason, body) select id, opened_at, 'new', 'x' from incidents;
        insert into timeline (incident_id, at, kind, text) select id, opened_at, 'opened', 'x' from incidents;
        insert into timeline (incident_id, at, kind, text) select id, opened_at, 'resolved', 'x' from incidents;
        insert into diagnoses (incident_id, generation, at, reason, report) select id, 1, opened_at, 'opened', '{}' from incidents;
        insert into threads (incident_id, surface, opened_at, card, card_version) select id, 'web', opened_at, '{}', 1 from incidents;
        insert into thread_replies (incident_id, surface, delivery_id, at, kind, text) select id, 'web', 'r' || id, opened_at, 'report', 'x' from incidents;
        insert into changes (source, change_key, environment, occurred_at, state) select 'github', 'c' || i, 'env' || i % 5, @Now - @Day * 30 * i / 60000, '{}' from generate_series(1, 60000) i;
        """;

    [GeneratedRegex(@"Seq Scan on (?:messages|journal|delivery_keys|incidents|incident_alerts|incident_keys|incident_joins|timeline|diagnoses|threads|thread_replies|changes)\b")]
    private static partial Regex Whole();

    [GeneratedRegex(@"Rows Removed by (?:Filter|Join Filter): (?<rows>\d+)")]
    private static partial Regex InVain();
}
