using OpsBot.Signals.LogTemplates;
using OpsBot.Tests.Support;

namespace OpsBot.Tests.Signals.LogTemplates;

public class BrokenHabitsTests
{
    [Fact]
    public void A_line_that_no_longer_follows_is_found_even_when_there_are_more_requests()
    {
        var digest = Digest(minute => minute >= 50 ? 12 : 3, minute => minute < 50);
        var habit = BrokenHabits.Find(digest, [], Some.Onset.ToUnixTimeMilliseconds())[0];
        habit.Missing.Template.ShouldContain("charged");
        habit.DuringShare.ShouldBe(0);
        habit.Clarity.ShouldBeGreaterThan(3);
    }

    [Fact]
    public void Fewer_requests_break_no_habit()
    {
        var digest = Digest(minute => minute >= 50 ? 1 : 6, _ => true);
        BrokenHabits.Find(digest, [], Some.Onset.ToUnixTimeMilliseconds()).ShouldAllBe(habit => habit.Clarity < 1);
    }

    private static LogDigest Digest(Func<int, int> requests, Func<int, bool> completes)
    {
        var builder = new LogDigestBuilder(Some.LogWindow);
        for (var minute = 0; minute < 60; minute++)
        {
            for (var request = 0; request < requests(minute); request++)
            {
                builder.Add(Some.LogLine("payment begins now please", minute, instance: "cart-1"), "test", 1);
                if (completes(minute))
                {
                    builder.Add(Some.LogLine("card was charged well", minute, instance: "cart-1"), "test", 1);
                }
            }
        }

        return builder.Build();
    }
}
