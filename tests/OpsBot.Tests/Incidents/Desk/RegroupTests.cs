using OpsBot.Contracts.Events;
using OpsBot.Contracts.Incidents;
using OpsBot.Incidents.Desk;
using OpsBot.Tests.Support;

namespace OpsBot.Tests.Incidents.Desk;

public sealed class RegroupTests : IAsyncDisposable
{
    private readonly StoredDesk _desk = new();

    private static readonly AlertReported Error = Some.Alert();
    private static readonly AlertReported Latency = Some.Alert(5, "fp-2", title: "HighLatency", severity: "critical");
    private static readonly AlertReported Disk = Some.Alert(10, "fp-9", title: "DiskFull", service: "ledger", environment: "prod");

    [Fact]
    public async Task A_split_makes_an_incident_of_its_own_and_both_count_what_they_have()
    {
        await _desk.TakeAsync(Error, Latency);
        (await _desk.IncidentsAsync()).ShouldHaveSingleItem().Firing.ShouldBe(2, "they are neighbours");

        var split = await SplitAsync(1, "HighLatency");
        split.Refused.ShouldBeNull();
        var (first, second) = (await _desk.DetailAsync(1), await _desk.DetailAsync(split.Into));
        first.Incident.Firing.ShouldBe(1);
        first.Incident.Severity.ShouldBe(SeverityLevel.Medium, "the critical one is gone");
        first.Alerts.ShouldHaveSingleItem().Title.ShouldBe("HighErrorRate");
        first.Timeline.ShouldContain(entry => entry.Text.Contains($"split off into {second.Incident.Name} by Ada"));
        second.Incident.ShouldSatisfyAllConditions(
            it => it.Firing.ShouldBe(1), it => it.Title.ShouldBe("HighLatency"), it => it.Severity.ShouldBe(SeverityLevel.Critical), it => it.DiagnosisGeneration.ShouldBe(1));
        second.Joins.ShouldHaveSingleItem().Parts.ShouldBe(["split off from INC-1 by Ada"]);
    }

    [Fact]
    public async Task Further_events_of_a_split_alert_go_where_it_went()
    {
        await _desk.TakeAsync(Error, Latency);
        var split = await SplitAsync(1, "fp-2");
        await _desk.TakeAsync(Latency with { OccurredAt = Some.At(90), Status = AlertStatus.Resolved });
        (await _desk.DetailAsync(split.Into)).Incident.Status.ShouldBe(IncidentStatus.Resolved);
        (await _desk.DetailAsync(1)).Incident.ShouldSatisfyAllConditions(it => it.Status.ShouldBe(IncidentStatus.Open), it => it.Resolved.ShouldBe(0));
    }

    [Fact]
    public async Task A_merge_leaves_one_incident_and_the_other_is_over_and_has_taught_nothing()
    {
        await _desk.TakeAsync(Error, Disk);
        (await _desk.IncidentsAsync()).Count.ShouldBe(2);
        var merged = await MergeAsync(2, 1);
        merged.Refused.ShouldBeNull();

        var (into, from) = (await _desk.DetailAsync(1), await _desk.DetailAsync(2));
        into.Incident.ShouldSatisfyAllConditions(it => it.Firing.ShouldBe(2), it => it.Services.ShouldBe(["payments", "ledger"], ignoreOrder: true));
        into.Joins.ShouldContain(join => join.Reason == "merge");
        from.Incident.Status.ShouldBe(IncidentStatus.Resolved);
        from.Alerts.ShouldBeEmpty();
        (await _desk.Store.ScalarAsync("select count(*) from messages where kind = 'outcome.remember'")).ShouldBe(0);

        await _desk.TakeAsync(Disk with { OccurredAt = Some.At(99), Status = AlertStatus.Resolved });
        (await _desk.DetailAsync(1)).Incident.Resolved.ShouldBe(1);
        await _desk.TakeAsync(Error with { OccurredAt = Some.At(100), Status = AlertStatus.Resolved });
        (await _desk.DetailAsync(1)).Incident.Status.ShouldBe(IncidentStatus.Resolved);
    }

    [Fact]
    public async Task Splitting_and_merging_again_gives_back_what_there_was()
    {
        await _desk.TakeAsync(Error, Latency);
        var before = (await _desk.DetailAsync(1)).Incident;
        var split = await SplitAsync(1, "fp-2");
        await MergeAsync(split.Into, 1);
        var after = (await _desk.DetailAsync(1)).Incident;
        (after.Firing, after.Severity, after.Status, after.StartedAt).ShouldBe((before.Firing, before.Severity, before.Status, before.StartedAt));
        after.Services.ShouldBe(before.Services);
    }

    [Fact]
    public async Task What_makes_no_sense_is_refused_in_a_sentence_and_changes_nothing()
    {
        await _desk.TakeAsync(Error, Disk, Some.Alert(20, "fp-7", environment: "staging"));
        (await SplitAsync(1, "nothing")).Refused!.ShouldContain("no alert");
        (await SplitAsync(1, "fp-1")).Refused!.ShouldContain("nothing would be left");
        (await SplitAsync(77, "fp-1")).Refused!.ShouldContain("no incident INC-77");
        (await MergeAsync(1, 1)).Refused!.ShouldContain("one incident already");
        (await MergeAsync(3, 1)).Refused!.ShouldContain("they stay apart");
        (await MergeAsync(1, 77)).Refused!.ShouldContain("no incident INC-77");
        (await MergeAsync(2, 1)).Refused.ShouldBeNull();
        (await MergeAsync(2, 1)).Refused!.ShouldContain("merged already");
        (await _desk.IncidentsAsync()).Count.ShouldBe(3);
    }

    public ValueTask DisposeAsync() => _desk.DisposeAsync();

    private async Task<Regrouped> SplitAsync(long from, params string[] which)
    {
        Regrouped? result = null;
        await _desk.InAsync(async scope => result = await new RegroupDesk(_desk.Desk).SplitAsync(from, which, "Ada", scope));
        return result!;
    }

    private async Task<Regrouped> MergeAsync(long from, long into)
    {
        Regrouped? result = null;
        await _desk.InAsync(async scope => result = await new RegroupDesk(_desk.Desk).MergeAsync(from, into, "Ada", scope));
        return result!;
    }
}
