using NSubstitute;
using OpsBot.Ingress.Webhooks;
using OpsBot.Tests.Support;

namespace OpsBot.Tests.Ingress.Webhooks;

public sealed class LogIntervalTests
{
    [Fact]
    public void A_source_is_logged_once_an_interval_with_how_often_it_was_and_each_source_for_itself()
    {
        var clock = Substitute.For<TimeProvider>();
        clock.GetUtcNow().Returns(Some.ReceivedAt);
        var interval = new LogInterval(TimeSpan.FromMinutes(1), clock);

        (interval.Due("github"), interval.Due("github"), interval.Due("github"), interval.Due("grafana")).ShouldBe((1, null, null, 1));
        clock.GetUtcNow().Returns(Some.ReceivedAt.AddSeconds(60));
        (interval.Due("github"), interval.Due("github"), interval.Due("grafana")).ShouldBe((3, null, 1));
    }
}
