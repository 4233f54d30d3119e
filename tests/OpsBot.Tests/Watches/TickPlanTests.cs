using OpsBot.Watches.Ticks;

namespace OpsBot.Tests.Watches;

public sealed class TickPlanTests
{
    private static readonly DateTimeOffset Due = new(2026, 1, 5, 3, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset Deadline = Due.AddHours(8);

    [Theory]
    [InlineData(0, 60, 0)]
    [InlineData(1, 60, 0)]
    [InlineData(59, 60, 0)]
    [InlineData(60, 120, 1)]
    [InlineData(61, 120, 1)]
    [InlineData(3_599, 3_600, 59)]
    [InlineData(3_601, 3_660, 60)]
    public void The_next_tick_keeps_the_beat_and_those_that_were_missed_are_one(int late, int next, long missed)
    {
        var plan = TickPlan.After(Due, TimeSpan.FromMinutes(1), Deadline, Due.AddSeconds(late));
        plan.Next.ShouldBe(Due.AddSeconds(next));
        plan.Missed.ShouldBe(missed);
        plan.Late.ShouldBe(TimeSpan.FromSeconds(late));
    }

    [Fact]
    public void A_clock_that_went_back_makes_no_tick_late_and_none_come_twice()
    {
        var plan = TickPlan.After(Due, TimeSpan.FromMinutes(1), Deadline, Due.AddSeconds(-5));
        plan.Next.ShouldBe(Due.AddMinutes(1));
        plan.Missed.ShouldBe(0);
        plan.Late.ShouldBe(TimeSpan.Zero);
    }

    [Fact]
    public void The_last_tick_is_at_the_deadline_and_after_it_there_is_none()
    {
        TickPlan.After(Due, TimeSpan.FromMinutes(1), Due.AddSeconds(90), Due.AddSeconds(61)).Next.ShouldBe(Due.AddSeconds(90));
        TickPlan.After(Due, TimeSpan.FromMinutes(1), Due.AddSeconds(90), Due.AddSeconds(90)).Next.ShouldBeNull();
        TickPlan.After(Due, TimeSpan.FromMinutes(1), Due.AddSeconds(90), Due.AddDays(3)).Next.ShouldBeNull();
    }
}
