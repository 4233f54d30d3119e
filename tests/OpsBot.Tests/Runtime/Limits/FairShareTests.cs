using OpsBot.Runtime.Limits;

namespace OpsBot.Tests.Runtime.Limits;

public sealed class FairShareTests
{
    private readonly FairShare _share = new(1_000);

    [Fact]
    public void One_alone_gets_three_quarters() => Greedy("a").ShouldBe(750);

    [Fact]
    public void Whoever_comes_after_a_greedy_one_gets_in()
    {
        Greedy("a");
        _share.TryTake("b", 100).ShouldBeTrue();
        _share.TryTake("c", 50).ShouldBeTrue();
        _share.TryTake("a", 1).ShouldBeFalse("it has more than its share, now that others are there");
    }

    [Fact]
    public void Several_that_are_greedy_together_leave_something_too()
    {
        for (var i = 0; i < 4; i++) Greedy($"greedy {i}").ShouldBeGreaterThan(0);
        _share.TryTake("next", 1).ShouldBeTrue();
        _share.Used.ShouldBeLessThan(1_000);
    }

    [Fact]
    public void What_is_given_back_is_free_again()
    {
        Greedy("a");
        _share.Return("a", 750);
        _share.Used.ShouldBe(0);
        Greedy("b").ShouldBe(750);
    }

    [Fact]
    public void More_than_there_is_is_never_given()
    {
        _share.TryTake("a", 1_001).ShouldBeFalse();
        _share.TryTake("a", long.MaxValue / 8).ShouldBeFalse();
        _share.Used.ShouldBe(0);
    }

    [Fact]
    public void Takers_side_by_side_lose_nothing()
    {
        Parallel.For(0, 10_000, i =>
        {
            if (_share.TryTake($"{i % 7}", 10)) _share.Return($"{i % 7}", 10);
        });
        _share.Used.ShouldBe(0);
    }

    private long Greedy(string who)
    {
        long got = 0;
        while (_share.TryTake(who, 1)) got++;
        return got;
    }
}
