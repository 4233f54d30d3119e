using OpsBot.Contracts;
using OpsBot.Signals.LogTemplates;
using OpsBot.Tests.Support;

namespace OpsBot.Tests.Signals.LogTemplates;

public sealed class LogDigestBuilderTests
{
    [Fact]
    public void Lines_are_counted_in_the_bucket_of_their_time()
    {
        var builder = new LogDigestBuilder(Some.LogWindow);
        builder.Add(Some.LogLine("took 5 ms", minute: 0), "a.log", 1);
        builder.Add(Some.LogLine("took 7 ms", minute: 60), "a.log", 2);
        builder.Add(Some.LogLine("took 9 ms", minute: 60), "a.log", 3);

        var digest = builder.Build();

        var count = digest.Templates.ShouldHaveSingleItem();
        count.Template.ShouldBe("took <*> ms");
        count.Counts[0].ShouldBe(1);
        count.Counts[^1].ShouldBe(2);
        count.Counts.Length.ShouldBe(digest.Buckets);
        (digest.FromMs + digest.Buckets * digest.BucketMs).ShouldBeGreaterThan(Some.LogWindow.To.ToUnixTimeMilliseconds());
        count.Samples.ShouldBe(["took 5 ms", "took 9 ms"]);
        count.Query.ShouldBe("a.log:1");
        digest.Truncated.ShouldBeNull();
    }

    [Fact]
    public void Lines_outside_the_period_are_read_and_not_counted()
    {
        var builder = new LogDigestBuilder(Some.LogWindow);
        builder.Add(Some.LogLine("early", minute: -1), "a", 1);
        builder.Add(Some.LogLine("late", minute: 61), "a", 2);
        var digest = builder.Build();
        digest.Lines.ShouldBe(2);
        digest.Templates.ShouldBeEmpty();
    }

    [Fact]
    public void Lines_without_a_time_are_counted_apart()
    {
        var builder = new LogDigestBuilder(Some.LogWindow);
        builder.Add(new LogLine(null, "cart", null, null, "no time", null), "a", 1);
        var count = builder.Build().Templates.ShouldHaveSingleItem();
        (count.Untimed, count.Total, count.FirstMs, count.Counts.Sum()).ShouldBe((1, 1, null, 0));
    }

    [Fact]
    public void The_same_template_is_counted_per_service_and_instance_and_keeps_its_highest_level()
    {
        var builder = new LogDigestBuilder(Some.LogWindow);
        builder.Add(Some.LogLine("lost 1", service: "cart", instance: "a", level: "INFO"), "a", 1);
        builder.Add(Some.LogLine("lost 2", service: "cart", instance: "a", level: "ERROR"), "a", 2);
        builder.Add(Some.LogLine("lost 3", service: "cart", instance: "b", level: "INFO"), "a", 3);
        var digest = builder.Build();
        digest.Templates.Count.ShouldBe(2);
        digest.Templates[0].Level.ShouldBe("ERROR");
        digest.Templates[0].Total.ShouldBe(2);
    }

    [Fact]
    public void Counts_of_templates_that_turned_out_to_be_one_are_added()
    {
        var builder = new LogDigestBuilder(Some.LogWindow);
        foreach (var user in (string[])["alice", "bob", "carol", "dave", "erin", "frank"])
            builder.Add(Some.LogLine($"greeting sent to {user} at noon"), "a", 1);
        builder.Build().Templates.ShouldHaveSingleItem().Total.ShouldBe(6);
        builder.Build().Templates.ShouldHaveSingleItem().Total.ShouldBe(6);
    }

    [Fact]
    public void A_flood_of_templates_stays_within_bounds_and_does_not_hide_errors()
    {
        var builder = new LogDigestBuilder(Some.LogWindow, LogDigestBounds.Default with { MaxTemplatesPerInstance = 10, MaxCounts = 50 });
        for (var i = 0; i < 5000; i++) builder.Add(Some.LogLine(new string('(', i % 97 + 1) + new string('!', i / 97 + 1) + "flood"), "a", i);
        builder.Add(Some.LogLine("the disk died", level: "ERROR"), "a", 5001);

        var digest = builder.Build();

        digest.Templates.Count.ShouldBeLessThanOrEqualTo(12);
        digest.Templates.Sum(t => t.Total).ShouldBe(5001);
        digest.Truncated.ShouldNotBeNull().ShouldContain("limit of 10");
        digest.Templates.ShouldContain(t => t.Level == "ERROR" && t.Samples[0] == "the disk died");
    }

    [Fact]
    public void Samples_are_cut_without_splitting_a_character()
    {
        var builder = new LogDigestBuilder(Some.LogWindow, LogDigestBounds.Default with { MaxSampleChars = 3 });
        builder.Add(Some.LogLine("ab\U0001F600cdef"), "a", 1);
        builder.Build().Templates[0].Samples[0].ShouldBe("ab…");
    }

    [Fact]
    public void Nothing_gives_an_empty_digest_and_an_empty_period_one_bucket()
    {
        var digest = new LogDigestBuilder(new TimeWindow(Some.LogStart, Some.LogStart)).Build();
        (digest.Buckets, digest.Lines, digest.Templates.Count).ShouldBe((1, 0, 0));
    }

    [Theory]
    [InlineData("2026 [error] x", "ERROR")]
    [InlineData("level=warning msg=x", "WARN")]
    [InlineData("ERROR something", "ERROR")]
    [InlineData("there was an error here", null)]
    [InlineData("panic: runtime", "FATAL")]
    [InlineData("", null)]
    public void A_level_is_guessed_only_where_the_line_states_one(string line, string? level) => LogLevels.Guess(line).ShouldBe(level);
}
