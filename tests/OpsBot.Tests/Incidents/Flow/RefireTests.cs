using OpsBot.Contracts.Events;
using OpsBot.Contracts.Incidents;
using OpsBot.Tests.Support;

namespace OpsBot.Tests.Incidents.Flow;

/// <summary>Alertmanager resolves by time-out what Prometheus no longer sends, and says later that it fires, with the start that it had.</summary>
public class RefireTests
{
    private readonly IncidentDesk _desk = new();

    public RefireTests() => _desk.Take(
        Some.Undated(AlertStatus.Firing, received: 10), Some.Undated(AlertStatus.Resolved, received: 600, endedAt: 590));

    [Theory]
    [InlineData(600)]
    [InlineData(630)]
    public void A_firing_event_that_the_resolve_overtook_on_its_way_is_late(double received)
    {
        _desk.Take(Some.Undated(AlertStatus.Firing, received));
        _desk.Only.Status.ShouldBe(IncidentStatus.Resolved);
        _desk.Timeline.ShouldContain(entry => entry.Kind == "late");
    }

    [Fact]
    public void What_fires_later_with_the_same_start_fires_again()
    {
        _desk.Take(Some.Undated(AlertStatus.Firing, received: 631));
        (_desk.Only.Status, _desk.Only.Reopened, _desk.Only.Firing).ShouldBe((IncidentStatus.Open, 1, 1));
        var alert = _desk.AlertsOf(1).ShouldHaveSingleItem();
        (alert.LastAt, alert.ReceivedAt, alert.FirstAt).ShouldBe((Some.At(631), Some.At(631), Some.At(0)));
    }

    [Fact]
    public void The_second_copy_of_the_resolve_does_not_make_the_next_firing_late()
    {
        _desk.Take(Some.Undated(AlertStatus.Resolved, received: 615, endedAt: 590), Some.Undated(AlertStatus.Firing, received: 640));
        _desk.Only.Status.ShouldBe(IncidentStatus.Open);
        _desk.AlertsOf(1).ShouldHaveSingleItem().ReceivedAt.ShouldBe(Some.At(640));
    }

    [Fact]
    public void Repeats_of_what_fires_again_move_nothing_and_its_end_ends_it()
    {
        _desk.Take(Some.Undated(AlertStatus.Firing, received: 900), Some.Undated(AlertStatus.Firing, received: 1200));
        _desk.Timeline.ShouldNotContain(entry => entry.Kind == "late");
        _desk.Only.LastEventAt.ShouldBe(Some.At(900));
        _desk.Take(Some.Undated(AlertStatus.Resolved, received: 1500, endedAt: 1490));
        (_desk.Only.Status, _desk.Only.ResolvedAt).ShouldBe((IncidentStatus.Resolved, Some.At(1490)));
    }

    [Fact]
    public void An_end_that_lies_before_the_receipt_of_what_fired_again_ends_it_too()
    {
        _desk.Take(Some.Undated(AlertStatus.Firing, received: 900), Some.Undated(AlertStatus.Resolved, received: 1200, endedAt: 899));
        _desk.Only.Status.ShouldBe(IncidentStatus.Resolved);
    }

    [Fact]
    public void A_late_copy_of_the_resolve_does_not_end_what_fires_again()
    {
        _desk.Take(Some.Undated(AlertStatus.Firing, received: 631), Some.Undated(AlertStatus.Resolved, received: 640, endedAt: 590));
        _desk.Only.Status.ShouldBe(IncidentStatus.Open);
    }

    [Fact]
    public void After_the_reopen_window_it_is_a_new_incident_that_began_when_we_heard_of_it()
    {
        _desk.Take(Some.Undated(AlertStatus.Firing, received: 7200), Some.Undated(AlertStatus.Firing, received: 7500));
        _desk.Incidents.Select(incident => incident.Status).ShouldBe([IncidentStatus.Resolved, IncidentStatus.Open]);
        _desk.Incidents[1].StartedAt.ShouldBe(Some.At(7200));
        _desk.Take(Some.Undated(AlertStatus.Resolved, received: 7800, endedAt: 7790));
        _desk.Incidents.ShouldAllBe(incident => incident.Status == IncidentStatus.Resolved);
    }

    [Theory]
    [InlineData(630, 0)]
    [InlineData(631, 1)]
    public void A_resolve_that_nobody_knew_stops_only_the_firing_event_that_it_overtook(double received, int incidents)
    {
        var desk = new IncidentDesk();
        desk.Take(Some.Undated(AlertStatus.Resolved, received: 600, endedAt: 590), Some.Undated(AlertStatus.Firing, received));
        desk.Incidents.Count.ShouldBe(incidents);
    }

    [Fact]
    public void An_event_with_a_time_of_its_own_is_ordered_by_it_however_late_it_comes()
    {
        _desk.Take(Some.Alert(300, receivedAt: 5000));
        _desk.Only.Status.ShouldBe(IncidentStatus.Resolved);
    }
}
