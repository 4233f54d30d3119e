using System.Text.Json;
using OpsBot.Contracts;
using OpsBot.Contracts.Events;
using OpsBot.Contracts.Incidents;
using OpsBot.IntegrationTests.Support;
using Shouldly;

namespace OpsBot.IntegrationTests.Crash;

/// <summary>What must stand in the store after a storm, whatever happened to the process meanwhile.</summary>
internal static class StoreAudit
{
    public static void Check(StoreFile store, Storm storm)
    {
        EveryDeliveryIsThereOnce(store, storm);
        EveryAlertWasCountedOnce(store, storm);
        store.Lines("select id, kind, attempts, abandoned, error from messages where dead_at is not null").ShouldBeEmpty("dead rows");
        store.Lines("select id, kind, stream, error from messages where handled_at is null and kind <> 'action.expire'").ShouldBeEmpty("unhandled rows");
        store.Lines("select id, kind from messages where leased_by is not null").ShouldBeEmpty("leases of handled rows");
        Incidents(store);
        Threads(store);
        Diagnoses(store);
    }

    private static void EveryDeliveryIsThereOnce(StoreFile store, Storm storm)
    {
        var expected = storm.All.ToDictionary(delivery => (delivery.Source, delivery.Key), delivery => delivery.Alerts.Count);
        var found = store.Query(
            "select source, delivery_key, count(*) from messages where delivery_key is not null group by 1, 2",
            row => (Key: (row.GetString(0), row.GetString(1)), Rows: row.GetInt32(2)));
        expected.Keys.Except(found.Select(row => row.Key)).ShouldBeEmpty("deliveries that were answered 2xx and are lost");
        found.ShouldAllBe(row => expected.ContainsKey(row.Key) && expected[row.Key] == row.Rows);
        store.Count("select count(*) from delivery_keys").ShouldBe(expected.Count);
    }

    private static void EveryAlertWasCountedOnce(StoreFile store, Storm storm)
    {
        var alerts = store.Query("select state from incident_alerts", row => JsonSerializer.Deserialize<IncidentAlert>(row.GetString(0), OpsBotJson.Options)!);
        var counted = alerts.GroupBy(alert => (alert.Source, alert.Fingerprint)).ToDictionary(group => group.Key, group => group.ToList());
        var wrong = storm.Expected
            .Where(expected => counted.GetValueOrDefault(expected.Key) is not [var one] || one.Count != expected.Value)
            .Select(expected => $"{expected.Key}: expected {expected.Value} events in one incident, found {string.Join(" and ", counted.GetValueOrDefault(expected.Key)?.Select(one => one.Count) ?? [])}");
        wrong.ShouldBeEmpty("alerts lost or counted twice");
        counted.Count.ShouldBe(storm.Expected.Count);
        alerts.Where(alert => alert.Status != (storm.Resolved.Contains((alert.Source, alert.Fingerprint)) ? AlertStatus.Resolved : AlertStatus.Firing))
            .ShouldBeEmpty("alerts in a status that nobody reported last");
        store.Lines("select json_extract(body, '$.source') s, json_extract(body, '$.fingerprint') f, count(*) from incident_joins group by 1, 2 having count(*) <> 1")
            .ShouldBeEmpty("alerts that joined twice");
        store.Count("select count(*) from incident_joins").ShouldBe(storm.Expected.Count);
        store.Count("select count(*) from orphan_resolves").ShouldBe(0);
    }

    private static void Incidents(StoreFile store)
    {
        store.Lines("""
            select i.id, json_extract(i.state, '$.events'), sum(json_extract(a.state, '$.count')) from incidents i
            left join incident_alerts a on a.incident_id = i.id
            group by i.id having json_extract(i.state, '$.events') is not sum(json_extract(a.state, '$.count'))
            """).ShouldBeEmpty("incidents whose events are not those of their alerts");
        store.Lines("""
            select i.id, json_extract(i.state, '$.firing'), json_extract(i.state, '$.resolved') from incidents i
            where json_extract(i.state, '$.firing') <> (select count(*) from incident_alerts a where a.incident_id = i.id and a.status = 'firing')
              or json_extract(i.state, '$.resolved') <> (select count(*) from incident_alerts a where a.incident_id = i.id and a.status = 'resolved')
              or (i.status = 'resolved') <> (json_extract(i.state, '$.firing') = 0)
            """).ShouldBeEmpty("incidents whose status is not that of their alerts");
        store.Lines("select environment, source, incident_key, count(*) from incident_keys where is_open = 1 group by 1, 2, 3 having count(*) > 1")
            .ShouldBeEmpty("keys of two open incidents");
        store.Lines("select source, incident_key, count(*) from incident_keys group by 1, 2 having count(*) <> 1").ShouldBeEmpty("keys of two incidents");
        store.Lines("select incident_id, count(*) from incident_joins where reason = 'opened' group by 1 having count(*) > 1").ShouldBeEmpty("incidents opened twice");
        store.Lines("select incident_id, kind, text, at, count(*) from timeline where kind in ('opened', 'diagnosis') group by 1, 2, 3, 4 having count(*) > 1")
            .ShouldBeEmpty("timeline lines written twice");
    }

    private static void Threads(StoreFile store)
    {
        store.Lines("select id from incidents where (select count(*) from threads t where t.incident_id = incidents.id) <> 1").ShouldBeEmpty("incidents without their one thread");
        store.Lines("select json_extract(body, '$.deliveryId'), count(*) from messages where kind = 'thread.post-reply' group by 1 having count(*) > 1")
            .ShouldBeEmpty("replies asked for twice");
        store.Lines("select incident_id, kind, text, count(*) from thread_replies where kind <> 'state' group by 1, 2, 3 having count(*) > 1").ShouldBeEmpty("replies with the same words");
        store.Lines("""
            select m.id from messages m where m.kind = 'thread.post-reply'
              and not exists (select 1 from thread_replies r where r.delivery_id = json_extract(m.body, '$.deliveryId') and r.incident_id = json_extract(m.body, '$.incidentId'))
            """).ShouldBeEmpty("replies that were never posted");
        store.Count("select count(*) from thread_replies").ShouldBe(store.Count("select count(*) from messages where kind = 'thread.post-reply'"));
        store.Lines("select id, json_extract(state, '$.replies') from incidents where json_extract(state, '$.replies') <> (select count(*) from thread_replies r where r.incident_id = incidents.id and r.kind <> 'proposal')")
            .ShouldBeEmpty("incidents that count other replies than they have");
        store.Lines("""
            select incident_id, card_version from threads t where (card_version >> 16) <>
              (select max(m.id) from messages m where m.kind = 'thread.update-card' and m.stream = 'incident/' || t.incident_id || '/thread')
            """).ShouldBeEmpty("cards that do not show the last edit");
    }

    private static void Diagnoses(StoreFile store) =>
        store.Lines("""
            select i.id, json_extract(i.state, '$.diagnosisGeneration'), count(d.generation), max(d.generation) from incidents i
            left join diagnoses d on d.incident_id = i.id group by i.id
            having count(d.generation) <> json_extract(i.state, '$.diagnosisGeneration')
            """).ShouldBeEmpty("diagnoses that were asked for and not made, or made twice");
}
