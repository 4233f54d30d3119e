using OpsBot.Contracts.Incidents;
using OpsBot.Tests.Support;

namespace OpsBot.Tests.Incidents.Flow;

public class PagerDutyLifecycleTests
{
    private readonly IncidentDesk _desk = new();

    [Fact]
    public void Triggered_acknowledged_unacknowledged_resolved_and_reopened_are_followed()
    {
        _desk.Take(Some.PagerDuty("triggered", 0));
        Status().ShouldBe(IncidentStatus.Open);
        _desk.Take(Some.PagerDuty("acknowledged", 60));
        Status().ShouldBe(IncidentStatus.Acknowledged);
        _desk.Take(Some.PagerDuty("unacknowledged", 120));
        Status().ShouldBe(IncidentStatus.Open);
        _desk.Take(Some.PagerDuty("resolved", 180));
        Status().ShouldBe(IncidentStatus.Resolved);
        _desk.Only.ResolvedAt.ShouldBe(Some.At(180));
        _desk.Take(Some.PagerDuty("reopened", 240));

        Status().ShouldBe(IncidentStatus.Open);
        _desk.Only.Reopened.ShouldBe(1);
        _desk.Only.ResolvedAt.ShouldBeNull();
        _desk.Only.Events.ShouldBe(5);
        _desk.Replies.Select(reply => reply.DeliveryId).ShouldBe(["INC-1/acknowledged/1", "INC-1/resolved/1", "INC-1/reopened/1"]);
        _desk.Diagnoses.Select(asked => asked.Request.Reason).ShouldBe(["opened", "reopened"]);
    }

    [Fact]
    public void A_resolve_whose_trigger_was_missed_opens_nothing()
    {
        _desk.Take(Some.PagerDuty("resolved", 10));
        _desk.Incidents.ShouldBeEmpty();
    }

    [Fact]
    public void An_acknowledgement_whose_trigger_was_missed_opens_an_acknowledged_incident()
    {
        _desk.Take(Some.PagerDuty("acknowledged", 10));
        Status().ShouldBe(IncidentStatus.Acknowledged);
        _desk.Take(Some.PagerDuty("triggered", 0));
        Status().ShouldBe(IncidentStatus.Acknowledged);
    }

    [Fact]
    public void A_trigger_that_comes_after_its_resolve_pages_nobody()
    {
        _desk.Take(Some.PagerDuty("resolved", 10), Some.PagerDuty("acknowledged", 5), Some.PagerDuty("triggered", 0));
        _desk.Incidents.ShouldBeEmpty();
        _desk.Messages.ShouldBeEmpty();
    }

    [Fact]
    public void A_late_trigger_does_not_reopen_what_was_resolved_since()
    {
        _desk.Take(Some.PagerDuty("triggered", 0), Some.PagerDuty("resolved", 100), Some.PagerDuty("unacknowledged", 50));
        Status().ShouldBe(IncidentStatus.Resolved);
        _desk.Only.Events.ShouldBe(3);
        _desk.Timeline.ShouldContain(entry => entry.Kind == "late");
    }

    [Fact]
    public void Two_pages_of_one_fingerprint_are_two_alerts_of_one_incident_that_ends_with_both()
    {
        _desk.Take(
            Some.PagerDuty("triggered", 0),
            Some.PagerDuty("triggered", 300, incident: "Q2", createdAt: 300),
            Some.PagerDuty("resolved", 400));
        Status().ShouldBe(IncidentStatus.Open);
        (_desk.Only.Firing, _desk.Only.Resolved).ShouldBe((1, 1));
        _desk.Take(Some.PagerDuty("resolved", 500, incident: "Q2", createdAt: 300));
        Status().ShouldBe(IncidentStatus.Resolved);
        _desk.AlertsOf(1).Select(alert => alert.IncidentKey).ShouldBe(["Q1", "Q2"], ignoreOrder: true);
    }

    [Fact]
    public void A_page_that_was_retitled_and_fires_again_stays_one_alert()
    {
        _desk.Take(
            Some.PagerDuty("triggered", 0),
            Some.PagerDuty("acknowledged", 60),
            Some.PagerDuty("unacknowledged", 120, fingerprint: "of another title", title: "Payments error rate, see #123"));
        _desk.Only.Firing.ShouldBe(1);
        var alert = _desk.AlertsOf(1).ShouldHaveSingleItem();
        (alert.Title, alert.Fingerprint, alert.Count).ShouldBe(("Payments error rate, see #123", "dedup-1", 3));
        _desk.Take(Some.PagerDuty("resolved", 180, fingerprint: "of another title"));
        Status().ShouldBe(IncidentStatus.Resolved);
    }

    [Fact]
    public void A_page_that_is_reopened_days_after_its_resolve_reopens_its_incident()
    {
        _desk.Take(
            Some.PagerDuty("triggered", 0), Some.PagerDuty("resolved", 60), Some.PagerDuty("reopened", 3 * 86_400));
        Status().ShouldBe(IncidentStatus.Open);
        _desk.Only.Reopened.ShouldBe(1);
    }

    [Fact]
    public void A_page_is_followed_into_its_own_incident_though_a_later_one_of_its_fingerprint_is_open()
    {
        _desk.Take(
            Some.PagerDuty("triggered", 0), Some.PagerDuty("resolved", 60), Some.PagerDuty("triggered", 7200, incident: "Q2", createdAt: 7200));
        _desk.Incidents.Count.ShouldBe(2);
        _desk.Take(Some.PagerDuty("reopened", 7300));
        _desk.Incidents.Select(incident => (incident.Status, incident.Firing)).ShouldBe([(IncidentStatus.Open, 1), (IncidentStatus.Open, 1)]);
    }

    [Fact]
    public void A_new_page_of_the_same_alert_hours_after_the_resolve_is_a_new_incident()
    {
        _desk.Take(
            Some.PagerDuty("triggered", 0), Some.PagerDuty("resolved", 60), Some.PagerDuty("triggered", 3 * 3600, incident: "Q2", createdAt: 3 * 3600));
        _desk.Incidents.Select(incident => incident.Status).ShouldBe([IncidentStatus.Resolved, IncidentStatus.Open]);
    }

    [Fact]
    public void A_resolve_that_names_no_environment_and_another_fingerprint_still_resolves_its_incident()
    {
        _desk.Take(Some.PagerDuty("triggered", 0), Some.PagerDuty("resolved", 60, fingerprint: "other") with { Environment = null });
        Status().ShouldBe(IncidentStatus.Resolved);
        _desk.AlertsOf(1).ShouldHaveSingleItem();
    }

    [Fact]
    public void A_priority_that_its_sender_raises_is_told_once_and_one_that_it_lowers_is_followed()
    {
        _desk.Take(Some.PagerDuty("triggered", 0, severity: "P3"), Some.PagerDuty("priority_updated", 60, severity: "P1"));
        _desk.Only.Severity.ShouldBe(SeverityLevel.Critical);
        _desk.Take(Some.PagerDuty("priority_updated", 90, severity: "P4"));
        _desk.Only.Severity.ShouldBe(SeverityLevel.Low);
        _desk.Take(Some.PagerDuty("priority_updated", 120, severity: "P1"));

        _desk.Replies.Select(reply => reply.DeliveryId).ShouldBe(["INC-1/severity/critical/0"]);
        _desk.Only.Severity.ShouldBe(SeverityLevel.Critical);
    }

    [Fact]
    public void One_alert_heard_through_two_senders_is_resolved_when_both_say_so()
    {
        _desk.Take(
            Some.Alert(0, title: "PaymentsErrorRate"),
            Some.PagerDuty("triggered", 20, createdAt: 20),
            Some.Alert(300, status: AlertStatusOf("resolved"), title: "PaymentsErrorRate"));
        Status().ShouldBe(IncidentStatus.Open);
        _desk.Take(Some.PagerDuty("resolved", 320, createdAt: 20));
        Status().ShouldBe(IncidentStatus.Resolved);
    }

    private IncidentStatus Status() => _desk.Only.Status;

    private static OpsBot.Contracts.Events.AlertStatus AlertStatusOf(string word) => Some.PagerDuty(word, 0).Status;
}
