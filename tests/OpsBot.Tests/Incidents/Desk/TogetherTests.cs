using System.Globalization;
using OpsBot.Contracts.Events;
using OpsBot.Contracts.Incidents;
using OpsBot.Storage.Incidents;
using OpsBot.Storage.Mutes;
using OpsBot.Tests.Support;

namespace OpsBot.Tests.Incidents.Desk;

/// <summary>Alerts that are taken in one group find what they would have found one after the other, although the store is asked for all of them at once.</summary>
public sealed class TogetherTests : IAsyncDisposable
{
    private static readonly int Rounds = TestEngine.IsPostgres && !LongRun.IsOn ? 8 : 30;

    private static readonly string[] Tables =
    [
        "select id, environment, status, title, service, severity, opened_at, last_event_at, resolved_at, state, memory from incidents order by id",
        "select incident_id, source, incident_key, fingerprint, environment, status, last_at, state from incident_alerts order by 1, 2, 3",
        "select source, incident_key, environment, incident_id, is_open from incident_keys order by 1, 2, 3, 4",
        "select environment, source, incident_key, resolved_at, received_at from orphan_resolves order by 1, 2, 3",
        "select incident_id, at, kind, text from timeline order by 1, 2, 3, 4",
        "select incident_id, reason, body from incident_joins order by 1, 2, 3",
        "select kind, stream, body, due_at from messages order by 1, 2, 3, 4",
    ];

    private readonly StoredDesk _alone = new();
    private readonly StoredDesk _together = new();

    public async ValueTask DisposeAsync()
    {
        await _alone.DisposeAsync();
        await _together.DisposeAsync();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task A_group_of_alerts_leaves_what_they_leave_one_by_one(int seed)
    {
        var random = new Random(seed);
        for (var round = 0; round < Rounds; round++)
        {
            var alerts = Enumerable.Range(0, random.Next(2, 30)).Select(one => Alert(random, round, one * random.Next(1, 400))).ToList();
            await _alone.TakeAsync(alerts);
            await _together.TakeTogetherAsync(alerts);
            ShouldBeEqual($"seed {seed}, round {round}: {string.Join(" | ", alerts.Select(Words))}");
        }
    }

    [Fact]
    public async Task An_incident_that_opens_again_comes_before_newer_ones_that_had_no_room_for_it()
    {
        // More incidents of one fingerprint than are looked at; the oldest of them is opened again by a key that names it for ever.
        await BothAsync(Of(0, "k0", "fp"), Some.PagerDuty("triggered", 1));
        (await _alone.IncidentsAsync()).Count.ShouldBe(1);
        await BothAsync(Of(2, "k0", "fp", AlertStatus.Resolved), Some.PagerDuty("resolved", 3));
        for (var day = 1; day <= KnownIncidents.AtMost; day++)
            await BothAsync(Of(86_400 * day, $"k{day}", "fp"), Of((86_400 * day) + 1, $"k{day}", "fp", AlertStatus.Resolved));
        (await _alone.IncidentsAsync()).Count.ShouldBe(KnownIncidents.AtMost + 1);

        await TogetherAsync(Some.PagerDuty("triggered", 900_000), Of(900_001, "other", "fp") with { Service = "elsewhere", Title = "Disk full" });

        (await _alone.IncidentsAsync()).Count.ShouldBe(KnownIncidents.AtMost + 1, "it joined the one that is open");
    }

    [Fact]
    public async Task A_key_comes_back_to_an_open_incident_when_the_one_that_had_taken_it_closes()
    {
        await BothAsync(Of(0, "k", "fp"), Some.PagerDuty("triggered", 1));
        await BothAsync(Of(2, "k", "fp", AlertStatus.Resolved), Some.PagerDuty("resolved", 3));
        // The key's new incident has another alert, which is heard of last; the first incident opens again without its key.
        await BothAsync(
            Of(86_400, "k", "fp"), Some.PagerDuty("triggered", 86_400.5, "Q2", "d2", createdAt: 86_400), Some.PagerDuty("triggered", 86_401), Some.PagerDuty("acknowledged", 86_402, "Q2", "d2", createdAt: 86_400));
        (await _alone.IncidentsAsync()).Count(incident => incident.Status != IncidentStatus.Resolved).ShouldBe(2);

        await TogetherAsync(
            Some.PagerDuty("acknowledged", 86_401.5), Of(86_403, "k", "fp", AlertStatus.Resolved), Some.PagerDuty("resolved", 86_404, "Q2", "d2", createdAt: 86_400), Some.PagerDuty("triggered", 86_405));

        (await _alone.Store.ScalarAsync("select count(*) from incident_keys where incident_key = 'k' and is_open = 1 and incident_id = 1")).ShouldBe(1);
    }

    [Fact]
    public async Task What_is_muted_is_so_by_the_name_that_the_store_has_for_it()
    {
        foreach (var desk in Desks)
        {
            var now = desk.Store.Clock.GetUtcNow();
            await desk.InAsync(scope => MuteTable.SetAsync(scope.Transaction, new Mute("a\0b", now.AddHours(1), now, "p", null)));
        }

        await TogetherAsync(Of(0, "k1", "a\0b"), Of(1, "k2", "a\0b"));

        (await _alone.IncidentsAsync()).ShouldBeEmpty();
    }

    private IEnumerable<StoredDesk> Desks => [_alone, _together];

    private static AlertReported Of(double at, string key, string fingerprint, AlertStatus status = AlertStatus.Firing) =>
        Some.Alert(at, fingerprint, status) with { IncidentKey = key };

    private async Task BothAsync(params AlertReported[] alerts)
    {
        foreach (var desk in Desks)
            await desk.TakeAsync(alerts);
    }

    private async Task TogetherAsync(params AlertReported[] alerts)
    {
        await _alone.TakeAsync(alerts);
        await _together.TakeTogetherAsync(alerts);
        ShouldBeEqual(string.Join(" | ", alerts.Select(Words)));
    }

    private void ShouldBeEqual(string after)
    {
        foreach (var sql in Tables)
            Dump(_together, sql).ShouldBe(Dump(_alone, sql), after);
    }

    // Few keys, fingerprints and environments that cross: a key moves between incidents, an alert changes its fingerprint, a resolve overtakes its alert.
    private static AlertReported Alert(Random random, int round, double at)
    {
        var (key, after) = (random.Next(7), (round * 100_000) + at);
        return Some.Alert(
            after,
            $"fp-{round}-{(random.Next(3) == 0 ? random.Next(7) : key)}",
            random.Next(5) switch { 0 or 1 => AlertStatus.Resolved, 2 => AlertStatus.Acknowledged, _ => AlertStatus.Firing },
            title: $"{key} is broken{key}",
            service: $"service{key}of{round}",
            environment: $"{(random.Next(4) == 0 ? "stage" : "prod")}{round}",
            startedAt: random.Next(3) == 0 ? after - random.Next(50) : null) with
        {
            IncidentKey = $"key-{round}-{key}",
        };
    }

    private static string Words(AlertReported alert) => $"{alert.Environment} {alert.IncidentKey} {alert.Fingerprint} {alert.Status}";

    private static List<string> Dump(StoredDesk desk, string sql)
    {
        using var connection = TestEngine.Open(desk.Store.Folder);
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // texts of this file
        command.CommandText = sql;
#pragma warning restore CA2100
        using var reader = command.ExecuteReader();
        var rows = new List<string>();
        while (reader.Read())
            rows.Add(string.Join(" | ", Enumerable.Range(0, reader.FieldCount).Select(column => Convert.ToString(reader.GetValue(column), CultureInfo.InvariantCulture))));
        return rows;
    }
}
