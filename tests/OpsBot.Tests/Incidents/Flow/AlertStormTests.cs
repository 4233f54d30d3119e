using OpsBot.Contracts.Events;
using OpsBot.Contracts.Incidents;
using OpsBot.Contracts.Messages;
using OpsBot.Incidents.Flow;
using OpsBot.Tests.Support;

namespace OpsBot.Tests.Incidents.Flow;

public class AlertStormTests
{
    private readonly IncidentDesk _desk = new();

    [Fact]
    public void Five_hundred_alerts_of_a_service_are_one_incident_with_right_counts()
    {
        _desk.Take(Enumerable.Range(0, 500).Select(i => Pod(i, i * 0.05)));
        _desk.Only.Firing.ShouldBe(500);
        _desk.Take(Enumerable.Range(0, 200).Select(i => Pod(i, 100 + i, AlertStatus.Resolved)));
        (_desk.Only.Firing, _desk.Only.Resolved, _desk.Only.Events).ShouldBe((300, 200, 700));
        _desk.Take(Enumerable.Range(200, 300).Select(i => Pod(i, 400 + i, AlertStatus.Resolved)));

        _desk.Only.Status.ShouldBe(IncidentStatus.Resolved);
        (_desk.Only.Firing, _desk.Only.Resolved).ShouldBe((0, 500));
        _desk.Replies.ShouldHaveSingleItem().DeliveryId.ShouldBe("INC-1/resolved/1");
        _desk.Timeline.Count.ShouldBeLessThan(30);
        _desk.Diagnoses.Count().ShouldBeLessThanOrEqualTo(2);
    }

    [Fact]
    public void The_diagnosis_waits_for_the_storm_and_sees_what_came_meanwhile()
    {
        _desk.Take(Enumerable.Range(0, 50).Select(i => Pod(i, i * 0.05)));
        var (request, delay) = _desk.Diagnoses.ShouldHaveSingleItem();
        request.ShouldBe(new DiagnoseIncident(1, "opened", 1));
        delay.ShouldBe(TimeSpan.FromSeconds(3));
    }

    [Fact]
    public void State_stays_small_in_a_storm_of_services()
    {
        var hub = Some.Topology([.. Enumerable.Range(0, 300).Select(i => $"web->{Some.Id("backend", i)}")]);
        var desk = new IncidentDesk(hub);
        desk.Take(Some.Alert(0, "first", service: "web"));
        desk.Take(Enumerable.Range(0, 300).Select(i => Some.Alert(i, Some.Id("fp", i), service: Some.Id("backend", i))));
        desk.Only.Services.Count.ShouldBe(desk.Settings.MaxServices);
        desk.Only.Firing.ShouldBe(301);
        desk.Diagnoses.Count().ShouldBeLessThanOrEqualTo(desk.Settings.MaxDiagnoses);
    }

    [Fact]
    public void A_repeat_of_a_firing_alert_changes_the_count_and_edits_no_card()
    {
        _desk.Take(Some.Alert(0));
        var written = _desk.Messages.Count;
        _desk.Take(Some.Alert(60), Some.Alert(120));
        _desk.Messages.Count.ShouldBe(written);
        _desk.Only.Events.ShouldBe(3);
        _desk.Only.LastEventAt.ShouldBe(Some.At(120));
        _desk.AlertsOf(1).ShouldHaveSingleItem().Count.ShouldBe(3);
    }

    [Fact]
    public void Every_alert_that_joins_brings_the_card_up_to_date()
    {
        _desk.Take(Some.Alert(0), Some.Alert(1, "fp-2"), Some.Alert(2, "fp-2", AlertStatus.Resolved));
        _desk.Messages.Count(message => message.Message is UpdateCard).ShouldBe(3);
    }

    [Fact]
    public void An_alert_that_flaps_all_day_stays_within_the_budgets()
    {
        for (var i = 0; i < 1000; i++)
            _desk.Take(Some.Alert(i * 60), Some.Alert((i * 60) + 30, status: AlertStatus.Resolved));
        _desk.Only.Reopened.ShouldBe(999);
        _desk.Replies.Select(reply => reply.DeliveryId).ShouldBe(
            ["INC-1/resolved/1", "INC-1/reopened/1", "INC-1/resolved/2", "INC-1/reopened/2", "INC-1/resolved/3", "INC-1/flapping/3"]);
        _desk.Timeline.Count.ShouldBe(_desk.Settings.MaxTimelineLines);
        _desk.Diagnoses.Count().ShouldBe(3);
    }

    [Fact]
    public void What_comes_back_after_minutes_of_quiet_is_told_and_diagnosed_each_time_within_the_budgets()
    {
        for (var i = 0; i < 100; i++)
            _desk.Take(Some.Alert(i * 600), Some.Alert((i * 600) + 60, status: AlertStatus.Resolved));
        _desk.Only.Reopened.ShouldBe(99);
        _desk.Replies.Count().ShouldBe(_desk.Settings.ReplyBudget);
        _desk.Replies.Last().Text.ShouldEndWith("card only.");
        _desk.Diagnoses.Count().ShouldBe(_desk.Settings.MaxDiagnoses);
    }

    [Fact]
    public void After_flapping_a_return_from_quiet_is_told_again()
    {
        for (var i = 0; i < 10; i++)
            _desk.Take(Some.Alert(i * 60), Some.Alert((i * 60) + 30, status: AlertStatus.Resolved));
        var said = _desk.Replies.Count();
        _desk.Take(Some.Alert(1500), Some.Alert(1600, status: AlertStatus.Resolved));
        _desk.Replies.Skip(said).Select(reply => reply.DeliveryId).ShouldBe(["INC-1/reopened/10", "INC-1/resolved/11"]);
    }

    [Fact]
    public void Thirty_instances_that_flap_for_ten_minutes_are_one_incident_with_few_replies()
    {
        // Each fires for five seconds, now this one, now that one, with pauses in which nothing fires.
        for (var i = 0; i < 60; i++)
            _desk.Take(Pod(i % 30, i * 10), Pod(i % 30, (i * 10) + 5, AlertStatus.Resolved));
        _desk.Only.Resolved.ShouldBe(30);
        _desk.Only.Status.ShouldBe(IncidentStatus.Resolved);
        _desk.Replies.Count().ShouldBeLessThanOrEqualTo(6);
        _desk.Replies.Last().Text.ShouldStartWith("Flapping: PodNotReady fires again soon after each resolve, 3 times so far.");
        _desk.Timeline.Count.ShouldBeLessThanOrEqualTo(_desk.Settings.MaxTimelineLines);
    }

    [Fact]
    public void A_new_firing_alert_opens_again_what_its_sender_acknowledged()
    {
        _desk.Take(Some.Alert(0), Some.Alert(5, status: AlertStatus.Acknowledged));
        _desk.Only.Status.ShouldBe(IncidentStatus.Acknowledged);
        _desk.Take(Some.Alert(10, "fp-2"));
        _desk.Only.Status.ShouldBe(IncidentStatus.Open);
    }

    [Fact]
    public void A_hostile_alert_is_kept_within_bounds()
    {
        _desk.Take(Some.Alert(
            0, title: new string('x', 1_000_000) + "\n\u202e",
            labels: [.. Enumerable.Range(0, 1000).Select(i => (Some.Id("l", i), new string('v', 10_000)))]) with
        {
            OccurredAt = DateTimeOffset.MaxValue,
            Links = [.. Enumerable.Range(0, 1000).Select(i => Some.Id("https://x.example/", i))],
        });
        var alert = _desk.AlertsOf(1).ShouldHaveSingleItem();
        alert.Title.Length.ShouldBeLessThanOrEqualTo(300);
        alert.Labels.Count.ShouldBeLessThanOrEqualTo(64);
        alert.Links.Count.ShouldBe(20);
        alert.LastAt.ShouldBe(Some.At(0) + SenderClock.AllowedLead);
        _desk.Take(Some.Alert(600, status: AlertStatus.Resolved));
        _desk.Only.Status.ShouldBe(IncidentStatus.Resolved);
    }

    private static AlertReported Pod(int number, double at, AlertStatus status = AlertStatus.Firing) =>
        Some.Alert(at, Some.Id("fp-", number), status, "PodNotReady", labels: [("pod", Some.Id("payments-", number)), ("namespace", "shop")]);
}
