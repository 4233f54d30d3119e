using System.Globalization;
using OpsBot.Contracts.Events;
using OpsBot.Tests.Support;

namespace OpsBot.Tests.Incidents.Desk;

/// <summary>Alerts that are taken in one group find what they would have found one after the other, although the store is asked for all of them at once.</summary>
public sealed class TogetherTests : IAsyncDisposable
{
    private const int Rounds = 30;

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
            foreach (var sql in Tables)
                Dump(_together, sql).ShouldBe(Dump(_alone, sql), $"seed {seed}, round {round}: {string.Join(" | ", alerts.Select(Words))}");
        }
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
