using OpsBot.Tests.Support;

namespace OpsBot.Tests.Actions.Audit;

public sealed class AuditAnchorTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_head_is_written_down_when_it_moved_and_only_then()
    {
        await using var audit = new AuditFixture();
        await audit.Anchors.AnchorAsync(Cancel);
        File.Exists(audit.Anchors.File).ShouldBeFalse();
        await audit.AppendManyAsync(2);
        await audit.Anchors.AnchorAsync(Cancel);
        await audit.Anchors.AnchorAsync(Cancel);
        await audit.AppendManyAsync(1);
        await audit.Anchors.AnchorAsync(Cancel);
        var (heads, unreadable) = audit.Anchors.Read();
        heads.Select(head => head.Seq).ShouldBe([2, 3]);
        heads[1].Mac.ShouldBe((await audit.RowsAsync())[2].Mac);
        unreadable.ShouldBe(0);
    }

    [Fact]
    public async Task A_line_that_a_crash_left_half_written_spoils_none_after_it()
    {
        await using var audit = new AuditFixture();
        await audit.AppendManyAsync(1);
        await audit.Anchors.AnchorAsync(Cancel);
        await File.AppendAllTextAsync(audit.Anchors.File, "{\"seq\":1,\"ma", Cancel);
        await audit.AppendManyAsync(1);
        await audit.Anchors.AnchorAsync(Cancel);
        var (heads, unreadable) = audit.Anchors.Read();
        heads.Select(head => head.Seq).ShouldBe([1, 2]);
        unreadable.ShouldBe(1);
        (await audit.VerifyAsync()).Holds.ShouldBeTrue();
    }

    [Fact]
    public async Task Rows_cut_off_the_end_are_found_by_an_anchor_and_by_a_noted_head()
    {
        await using var audit = new AuditFixture();
        await audit.AppendManyAsync(5);
        var head = (await audit.VerifyAsync()).Head!;
        await audit.MeddleAsync("delete from audit where seq > 3");
        (await audit.VerifyAsync()).Holds.ShouldBeTrue("nobody wrote down how far it went");
        (await audit.VerifyAsync(head)).BadSeq.ShouldBe(4);
    }

    [Fact]
    public async Task A_chain_that_was_written_anew_with_the_key_is_not_the_one_that_was_anchored()
    {
        await using var audit = new AuditFixture();
        await audit.AppendManyAsync(3);
        await audit.Anchors.AnchorAsync(Cancel);
        await audit.MeddleAsync("delete from audit");
        audit.Clock.Advance(TimeSpan.FromMinutes(1));
        await audit.AppendManyAsync(4);
        var finding = await audit.VerifyAsync();
        finding.BadSeq.ShouldBe(3);
        finding.Reason!.ShouldContain("written anew");
    }
}
