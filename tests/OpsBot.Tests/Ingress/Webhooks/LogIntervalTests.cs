using NSubstitute;
using OpsBot.Ingress.Webhooks;
using OpsBot.Tests.Support;

namespace OpsBot.Tests.Ingress.Webhooks;

public sealed class LogIntervalTests
{
    [Fact]
    public void A_source_is_logged_once_an_interval_and_each_source_for_itself()
    {
        var clock = Substitute.For<TimeProvider>();
        clock.GetUtcNow().Returns(Some.ReceivedAt);
        var interval = new LogInterval(TimeSpan.FromMinutes(1), clock);

        (interval.IsDue("github"), interval.IsDue("github"), interval.IsDue("grafana")).ShouldBe((true, false, true));
        clock.GetUtcNow().Returns(Some.ReceivedAt.AddSeconds(60));
        (interval.IsDue("github"), interval.IsDue("github")).ShouldBe((true, false));
    }
}
