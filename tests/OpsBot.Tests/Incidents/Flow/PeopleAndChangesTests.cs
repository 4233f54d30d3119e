using OpsBot.Contracts.Events;
using OpsBot.Contracts.Incidents;
using OpsBot.Contracts.Messages;
using OpsBot.Incidents.Flow;
using OpsBot.Tests.Support;

namespace OpsBot.Tests.Incidents.Flow;

public class PeopleAndChangesTests
{
    private readonly IncidentDesk _desk = new();

    [Fact]
    public void A_persons_acknowledgement_covers_alerts_that_join_later_but_not_a_higher_severity()
    {
        _desk.Take(Some.Alert(0));
        _desk.Apply(new PersonAcknowledged(1, Some.At(5), "ada"));
        _desk.Replies.ShouldHaveSingleItem().Text.ShouldBe("Acknowledged by ada.");
        _desk.Take(Some.Alert(10, "fp-2"));
        _desk.Only.Status.ShouldBe(IncidentStatus.Acknowledged);
        _desk.Take(Some.Alert(20, "fp-3", severity: "critical"));
        _desk.Only.Status.ShouldBe(IncidentStatus.Open);
    }

    [Fact]
    public void Acknowledging_twice_changes_nothing()
    {
        _desk.Take(Some.Alert(0));
        _desk.Apply(new PersonAcknowledged(1, Some.At(5), "ada"));
        var again = _desk.Apply(new PersonAcknowledged(1, Some.At(6), "bob"));
        again.NothingBecause.ShouldBe("INC-1 is acknowledged already.");
        again.Messages.ShouldBeEmpty();
    }

    [Fact]
    public void What_a_person_resolved_stays_resolved_through_repeats_and_reopens_when_it_still_fires_much_later()
    {
        _desk.Take(Some.Alert(0));
        _desk.Apply(new PersonResolved(1, Some.At(60), "ada"));
        _desk.Only.Status.ShouldBe(IncidentStatus.Resolved);
        _desk.Take(Some.Alert(0, receivedAt: 120));
        _desk.Only.Status.ShouldBe(IncidentStatus.Resolved);
        _desk.Take(Some.Alert(0, receivedAt: 3 * 3600));
        _desk.Only.Status.ShouldBe(IncidentStatus.Open);
        _desk.Replies.Last().Text.ShouldBe("Reopened: HighErrorRate still fires.");
    }

    [Fact]
    public void What_an_incident_taught_is_kept_each_time_it_is_over()
    {
        _desk.Take(Some.Alert(0));
        _desk.Messages.ShouldNotContain(follow => follow.Message is RememberOutcome);
        _desk.Take(Some.Alert(60, status: AlertStatus.Resolved));
        _desk.Messages.Count(follow => follow.Message is RememberOutcome { IncidentId: 1 }).ShouldBe(1);
        _desk.Take(Some.Alert(90));
        _desk.Apply(new PersonResolved(1, Some.At(120), "ada"));
        _desk.Messages.Count(follow => follow.Message is RememberOutcome).ShouldBe(2);
    }

    [Fact]
    public void What_a_person_resolved_reopens_when_it_ends_and_fires_anew()
    {
        _desk.Take(Some.Alert(0));
        _desk.Apply(new PersonResolved(1, Some.At(60), "ada"));
        _desk.Take(Some.Alert(90, status: AlertStatus.Resolved));
        _desk.Only.Firing.ShouldBe(0);
        _desk.Replies.Count().ShouldBe(1);
        _desk.Take(Some.Alert(120));
        _desk.Only.Status.ShouldBe(IncidentStatus.Open);
    }

    [Fact]
    public void A_change_near_an_incident_goes_to_its_timeline()
    {
        _desk.Take(Some.Alert(0));
        var result = _desk.Apply(new ChangeSeen(1, Some.At(100), Deploy(-600), "same service"));
        var line = result.Timeline.ShouldHaveSingleItem();
        line.ShouldBe(new TimelineEntry(Some.At(-600), "change", "Deploy succeeded: Payments 2.4 v2.4 by ada (same service)"));
        result.Messages.ShouldHaveSingleItem().Message.ShouldBe(new UpdateCard(1));
    }

    [Fact]
    public void A_change_of_another_environment_or_of_yesterday_does_not()
    {
        _desk.Take(Some.Alert(0));
        _desk.Apply(new ChangeSeen(1, Some.At(100), Deploy(0) with { Environment = "staging" }, "same service")).NothingBecause.ShouldNotBeNull();
        _desk.Apply(new ChangeSeen(1, Some.At(100), Deploy(-86_400), "same service")).NothingBecause.ShouldNotBeNull();
    }

    [Fact]
    public void An_event_of_another_incident_is_refused()
    {
        var state = IncidentFlow.Apply(
            null, new AlertJoined(7, Some.At(0), "prod", Some.Alert(), null, new(Some.At(0), "alertmanager", "fp-1", "t", "opened", 0, [])), new()).State;
        Should.Throw<ArgumentException>(() => IncidentFlow.Apply(state, new PersonResolved(8, Some.At(0), "ada"), new()))
            .Message.ShouldContain("INC-8");
    }

    private static DeployReported Deploy(double at) => new()
    {
        Source = "github",
        Event = "deployment_status",
        ChangeKey = "deployment/1",
        Change = ChangeKind.Deploy,
        Status = ChangeStatus.Succeeded,
        Service = "payments",
        Environment = "prod",
        Title = "Payments 2.4",
        Version = "v2.4",
        Author = "ada",
        OccurredAt = Some.At(at),
    };
}
