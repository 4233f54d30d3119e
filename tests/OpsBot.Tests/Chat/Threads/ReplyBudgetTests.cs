using FsCheck;
using FsCheck.Fluent;
using OpsBot.Chat.Cards;
using OpsBot.Chat.Threads;
using OpsBot.Contracts.Messages;

namespace OpsBot.Tests.Chat.Threads;

public class ReplyBudgetTests
{
    private static readonly ThreadOptions Twelve = new();

    [Fact]
    public void Within_the_budget_nothing_changes()
    {
        var planned = Planned(3);
        ReplyBudget.Take(planned, 8, Twelve).ShouldBe(planned);
    }

    [Fact]
    public void The_last_reply_says_that_it_is_the_last()
    {
        var taken = ReplyBudget.Take(Planned(5), 10, Twelve);
        taken.Count.ShouldBe(2);
        taken[0].Text.ShouldBe("news 1");
        taken[1].Text.ShouldBe("news 2 " + ReplyBudget.LastWords);
    }

    [Fact]
    public void A_long_last_reply_loses_its_end_and_not_the_notice()
    {
        var taken = ReplyBudget.Take([new PostReply(1, "a", new string('x', 600), "state")], 11, Twelve);
        taken[0].Text.ShouldEndWith(ReplyBudget.LastWords);
        taken[0].Text.Length.ShouldBeLessThanOrEqualTo(CardLimits.Reply);
    }

    [Fact]
    public void However_the_news_comes_the_thread_keeps_to_its_budget_and_says_once_that_it_ends()
    {
        Prop.ForAll(Gen.Choose(0, 6).ArrayOf().ToArbitrary(), ArbMap.Default.ArbFor<byte>(), (bursts, size) =>
        {
            var options = new ThreadOptions { MaxReplies = 1 + (size % 20) };
            var posted = new List<PostReply>();
            foreach (var burst in bursts) posted.AddRange(ReplyBudget.Take(Planned(burst), posted.Count, options));
            var full = bursts.Sum() >= options.MaxReplies;
            return posted.Count == Math.Min(bursts.Sum(), options.MaxReplies)
                && posted.Count(p => p.Text.EndsWith(ReplyBudget.LastWords, StringComparison.Ordinal)) == (full ? 1 : 0);
        }).QuickCheckThrowOnFailure();
    }

    private static List<PostReply> Planned(int count) =>
        Enumerable.Range(1, count).Select(n => new PostReply(1, $"id-{n}", $"news {n}", "state")).ToList();
}
