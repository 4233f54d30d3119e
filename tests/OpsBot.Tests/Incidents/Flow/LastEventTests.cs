using OpsBot.Tests.Support;

namespace OpsBot.Tests.Incidents.Flow;

public class LastEventTests
{
    private readonly IncidentDesk _desk = new();

    [Fact]
    public void An_event_that_comes_late_does_not_take_the_time_of_the_last_event_back()
    {
        _desk.Take(Some.PagerDuty("triggered", 0), Some.PagerDuty("acknowledged", 100), Some.PagerDuty("unacknowledged", 50));

        _desk.Only.LastEventAt.ShouldBe(Some.At(100));
    }
}
