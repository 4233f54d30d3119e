using System.Net;
using OpsBot.Host.WebConsole.Security;
using OpsBot.Tests.Support;

namespace OpsBot.Tests.Host.Console;

public sealed class LoginThrottleTests
{
    [Fact]
    public void After_fifty_wrong_tokens_from_many_addresses_all_wait_until_the_minute_is_over()
    {
        var clock = new ManualClock();
        var throttle = new LoginThrottle(clock);
        for (byte i = 0; i < 50; i++)
        {
            throttle.WaitFor(Address(i)).ShouldBeNull($"try {i}");
            throttle.Failed(Address(i));
        }

        throttle.WaitFor(Address(200)).ShouldBe(TimeSpan.FromMinutes(1));
        clock.Advance(TimeSpan.FromSeconds(59));
        throttle.WaitFor(Address(200)).ShouldBe(TimeSpan.FromSeconds(1));
        clock.Advance(TimeSpan.FromSeconds(1));
        throttle.WaitFor(Address(200)).ShouldBeNull();
    }

    private static IPAddress Address(byte last) => new([10, 0, 0, last]);
}
