using OpsBot.Chat.Teams.Outgoing;
using OpsBot.Tests.Support;

namespace OpsBot.Tests.Chat.Teams;

public sealed class SendPaceTests
{
    [Fact]
    public void What_is_long_on_its_way_counts_from_its_end()
    {
        var clock = new ManualClock();
        var pace = new SendPace(clock);
        var sent = new List<SendPace.Sent>();
        for (var i = 0; i < 7; i++)
        {
            pace.Take("one", out var each).ShouldBeNull();
            sent.Add(each!);
        }

        // nobody has a token yet, and all of them will leave together
        clock.Advance(TimeSpan.FromSeconds(3));
        pace.Take("one", out _).ShouldBe(TimeSpan.FromSeconds(1));
        sent.ForEach(pace.Ended);
        clock.Advance(TimeSpan.FromSeconds(0.5));
        pace.Take("one", out _).ShouldBe(TimeSpan.FromSeconds(0.5));
        clock.Advance(TimeSpan.FromSeconds(0.5));
        pace.Take("one", out var eighth).ShouldBeNull();
        pace.Ended(eighth!);
        pace.Take("one", out _).ShouldBe(TimeSpan.FromSeconds(1), "eight in two seconds");
    }
}
