using FsCheck;
using FsCheck.Fluent;
using OpsBot.Signals.LogTemplates;

namespace OpsBot.Tests.Signals.LogTemplates;

public sealed class TemplateMinerTests
{
    [Theory]
    [InlineData("Found child 6725 in slot 10", "Found child <*> in slot <*>")]
    [InlineData("connected to 10.0.0.1:8080", "connected to <*>:<*>")]
    [InlineData("open /var/lib/data.db: no such file", "open <*>: no such file")]
    [InlineData("GET https://shop.example/cart?id=7 took 15ms", "GET <*> took <*>")]
    [InlineData("id=6fa459ea-ee8a-3ca4-894e-db77e160355e user=alice", "id=<*> user=alice")]
    [InlineData("commit a1b2c3d4 built", "commit <*> built")]
    [InlineData("pod cart-7f9c6d5b-x7z2p evicted", "pod <*> evicted")]
    [InlineData("peer fe80::1ff:fe23:4567:890a gone", "peer <*> gone")]
    [InlineData("at 2026-03-01T10:00:00.123Z done", "at <*> done")]
    [InlineData("lifetime 00:01", "lifetime <*>")]
    [InlineData("date Sun Dec 04 ok", "date <*> <*> <*> ok")]
    [InlineData("jk2_init() done", "jk2_init() done")]
    [InlineData("\"GET /a/b HTTP/1.1\" 503 17", "\"GET <*> HTTP/<*>\" 5xx <*>")]
    [InlineData("value -5 and +3", "value <*> and <*>")]
    [InlineData("name='x-17'", "name='<*>'")]
    [InlineData("   ", "<*>")]
    [InlineData("----", "----")]
    public void A_line_alone_is_masked_by_the_look_of_its_words(string line, string template)
    {
        var miner = new TemplateMiner();
        miner.Text(miner.Add(line)).ShouldBe(template);
    }

    [Fact]
    public void Two_plain_words_stay_apart_and_many_become_a_value()
    {
        var miner = new TemplateMiner();
        var opened = miner.Add("the session was opened for root");
        var closed = miner.Add("the session was closed for root");
        miner.Resolve(opened).ShouldNotBe(miner.Resolve(closed));

        var ids = new[] { "alice", "bob", "carol", "dave", "erin" }.Select(u => miner.Add($"greeting sent to {u} at noon")).ToArray();
        ids.Select(miner.Resolve).Distinct().Count().ShouldBe(1);
        miner.Text(ids[0]).ShouldBe("greeting sent to <*> at noon");
    }

    [Fact]
    public void A_repeated_line_that_was_merged_meanwhile_gives_the_merged_template()
    {
        var miner = new TemplateMiner();
        var lines = new[] { "alice", "bob", "carol", "dave", "erin" }.Select(u => $"greeting sent to {u} at noon").ToArray();
        foreach (var line in lines) miner.Add(line);
        lines.Select(l => miner.Add(l)).Distinct().Count().ShouldBe(1);
    }

    [Fact]
    public void The_exception_of_a_stack_trace_is_part_of_the_template_and_its_frames_are_not()
    {
        var miner = new TemplateMiner();
        miner.Text(miner.Add("Request failed\njava.lang.NullPointerException: x is null\n\tat a.B.c(B.java:12)"))
            .ShouldBe("Request failed java.lang.NullPointerException: x is null");
        miner.Text(miner.Add("Traceback (most recent call last):\n  File \"a.py\", line 3\nValueError: bad"))
            .ShouldBe("Traceback (most recent call last): ValueError: bad");
    }

    [Fact]
    public void A_list_of_any_length_has_one_template()
    {
        var miner = new TemplateMiner();
        var a = miner.Add("ids " + string.Join(", ", Enumerable.Range(0, 20)) + " lost");
        var b = miner.Add("ids " + string.Join(", ", Enumerable.Range(0, 50)) + " lost");
        miner.Resolve(a).ShouldBe(miner.Resolve(b));
    }

    [Fact]
    public void Beyond_the_limit_everything_is_the_overflow_template()
    {
        var miner = new TemplateMiner(maxTemplates: 5);
        for (var i = 0; i < 100; i++) miner.Add(new string('(', i + 1) + "word");
        miner.Count.ShouldBe(5);
        miner.Add("{}{} something else").ShouldBe(TemplateMiner.Overflow);
        miner.Text(TemplateMiner.Overflow).ShouldBe("<*>");
    }

    [Fact]
    public void Any_text_has_a_template_and_the_same_text_has_the_same_one()
    {
        var miner = new TemplateMiner();
        Prop.ForAll<string?>(text =>
        {
            var line = text ?? "";
            var id = miner.Add(line);
            return miner.Resolve(miner.Add(line)) == miner.Resolve(id) && miner.Text(id).Length <= Math.Max(3, line.Length * 4);
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void A_line_of_a_million_characters_is_cut()
    {
        var miner = new TemplateMiner();
        miner.Text(miner.Add(new string('x', 1_000_000))).Length.ShouldBeLessThan(100);
        miner.Text(miner.Add(string.Concat(Enumerable.Repeat("word ", 200_000)))).Length.ShouldBeLessThan(3000);
    }
}
