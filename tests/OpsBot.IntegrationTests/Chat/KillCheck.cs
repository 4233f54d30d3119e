using OpsBot.IntegrationTests.Support;
using Shouldly;

namespace OpsBot.IntegrationTests.Chat;

/// <summary>What stands on a surface after all kills, against what was sent and what the store says was to be posted: nothing is missing, nothing stands twice.</summary>
internal static class KillCheck
{
    private const string NotHandled =
        "select kind || ' ' || stream || ' due in ' || (due_at / 1000 - unixepoch()) || ' s, attempts ' || attempts || ', abandoned ' || abandoned || ' ' || coalesce(error, '') from messages where handled_at is null";

    public static void Check(KillRounds rounds, IKilledSurface surface)
    {
        var (stands, store) = (surface.Stands, rounds.Store);
        store.Lines("select kind || ' ' || stream || ' ' || error from messages where dead_at is not null").ShouldBeEmpty("messages given up");
        store.Count("select count(*) from incidents").ShouldBe(rounds.Incidents.Count, "each alert is an incident, whatever died around it");
        // the program's own names of what it posts, and what people read, have to agree that nothing is there twice
        stands.Where(each => each.DeliveryId is not null).GroupBy(each => each.DeliveryId).Where(same => same.Count() > 1)
            .Select(same => $"{same.Key}: {string.Join(" | ", same.Select(each => each.Text))}").ShouldBeEmpty("deliveries that stand twice");
        stands.GroupBy(each => (each.Channel, each.Thread, each.Text)).Where(same => same.Count() > 1)
            .Select(same => $"{same.Key}: {string.Join(", ", same.Select(each => each.DeliveryId))}").ShouldBeEmpty("words that stand twice in a thread");
        foreach (var incident in rounds.Incidents)
            CheckThread(rounds, surface, stands, incident);
        CheckIds(store, surface, stands);
    }

    private static void CheckThread(KillRounds rounds, IKilledSurface surface, IReadOnlyList<Standing> stands, KilledIncident incident)
    {
        var cards = stands.Where(each => each.Thread is null && each.Text.Contains(incident.Title, StringComparison.Ordinal)).ToList();
        var card = cards.ShouldHaveSingleItem($"the card of {incident.Key}");
        var replies = stands.Where(each => each.Thread == card.Id && each.Channel == card.Channel).ToList();
        var what = $"{incident.Key}: {card.Text}\n---\n{string.Join("\n---\n", replies.Select(each => each.Text))}\n=== not handled:\n{string.Join('\n', rounds.Store.Lines(NotHandled))}";
        // its last state, in words
        card.Text.Contains("resolved", StringComparison.OrdinalIgnoreCase).ShouldBe(incident.Ends, what);
        card.Text.ShouldContain(KilledEnvironment.Cause, Case.Sensitive, what);
        var kinds = rounds.Store.Lines($"select json_extract(body, '$.replyKind') from messages where kind = 'thread.post-reply' and json_extract(body, '$.incidentId') = (select id from incidents where title like '%{incident.Key} of the rounds%')");
        kinds.Count(kind => kind == "diagnosis").ShouldBeGreaterThan(0, what);
        replies.Count.ShouldBe(kinds.Count + (incident.Asked && surface.AnswersInThread ? 1 : 0), what);
    }

    /// <summary>Each reply and answer of the store stands, and nothing stands that the store does not know.</summary>
    private static void CheckIds(StoreFile store, IKilledSurface surface, IReadOnlyList<Standing> stands)
    {
        if (stands.All(each => each.DeliveryId is null))
            return;
        var expected = store.Lines($"select json_extract(body, '$.deliveryId') from messages where kind = 'chat.post-reply' and json_extract(body, '$.surface') = '{surface.Name}'")
            .Concat(store.Lines("select json_extract(body, '$.deliveryId') from messages where kind = 'chat.answer'"))
            .Concat(store.Lines("select 'INC-' || id || '/thread' from incidents"));
        stands.Select(each => each.DeliveryId ?? "").Order(StringComparer.Ordinal).ShouldBe(expected.Order(StringComparer.Ordinal));
    }
}
