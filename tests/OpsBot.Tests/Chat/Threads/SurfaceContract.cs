using OpsBot.Chat.Cards;
using OpsBot.Chat.Threads;
using OpsBot.Contracts.Threads;
using OpsBot.Tests.Support;

namespace OpsBot.Tests.Chat.Threads;

/// <summary>What every chat surface promises, whatever it talks to. A surface's tests derive from this.</summary>
public abstract class SurfaceContract
{
    /// <summary>The surface under test, over an outside that the members below look into and break.</summary>
    protected abstract IChatSurface Surface { get; }

    protected static readonly ChatPlace Web = new("web", "");

    /// <summary>Texts of the replies that stand below the card of INC-12.</summary>
    protected abstract IReadOnlyList<string> Replies();

    /// <summary>The state that the card of INC-12 shows; null where it has none.</summary>
    protected abstract string? CardState();

    /// <summary>Makes every call to the outside fail from now on, in a way that nobody foresaw.</summary>
    protected abstract void BreakTheOutside();

    [Fact]
    public void It_has_a_short_name() => Surface.Name.ShouldMatch("^[a-z]{2,12}$");

    [Fact]
    public async Task A_thread_is_opened_with_its_card()
    {
        (await OpenAsync()).ShouldBeOfType<SurfaceResult.Posted>().AlreadyThere.ShouldBeFalse();
        CardState().ShouldBe("open");
    }

    [Fact]
    public async Task Opening_twice_leaves_one_thread_and_says_so()
    {
        var first = (await OpenAsync()).ShouldBeOfType<SurfaceResult.Posted>();
        var second = (await OpenAsync()).ShouldBeOfType<SurfaceResult.Posted>();
        second.AlreadyThere.ShouldBeTrue();
        second.ThreadReference.ShouldBe(first.ThreadReference);
    }

    [Fact]
    public async Task A_card_is_edited_in_place()
    {
        var thread = await OpenedAsync();
        (await EditAsync(thread, 2, "acknowledged")).ShouldBeOfType<SurfaceResult.Posted>();
        CardState().ShouldBe("acknowledged");
        Replies().ShouldBeEmpty();
    }

    [Fact]
    public async Task An_older_card_never_replaces_a_newer_one()
    {
        var thread = await OpenedAsync();
        await EditAsync(thread, 9, "resolved");
        (await EditAsync(thread, 3, "acknowledged")).ShouldBeOfType<SurfaceResult.Posted>().AlreadyThere.ShouldBeTrue();
        CardState().ShouldBe("resolved");
    }

    [Fact]
    public async Task A_reply_delivered_twice_stands_once()
    {
        var thread = await OpenedAsync();
        (await ReplyAsync(thread, "a", "first")).ShouldBeOfType<SurfaceResult.Posted>().AlreadyThere.ShouldBeFalse();
        (await ReplyAsync(thread, "a", "first")).ShouldBeOfType<SurfaceResult.Posted>().AlreadyThere.ShouldBeTrue();
        await ReplyAsync(thread, "b", "second");
        Replies().ShouldBe(["first", "second"]);
    }

    [Fact]
    public async Task A_hostile_reply_stands_as_the_text_that_it_is()
    {
        var thread = await OpenedAsync();
        await ReplyAsync(thread, "a", "<b>*bold*</b> <!channel>");
        Replies().ShouldHaveSingleItem().ShouldBe("<b>*bold*</b> <!channel>");
    }

    [Fact]
    public async Task An_edit_or_a_reply_without_a_thread_fails_for_good()
    {
        (await EditAsync(null, 2, "open")).ShouldBeOfType<SurfaceResult.Failed>().Reason.ShouldNotBeNullOrWhiteSpace();
        (await ReplyAsync(null, "a", "hello")).ShouldBeOfType<SurfaceResult.Failed>();
    }

    [Fact]
    public async Task An_unknown_failure_is_tried_again_later()
    {
        var thread = await OpenedAsync();
        BreakTheOutside();
        (await ReplyAsync(thread, "a", "hello")).ShouldBeOfType<SurfaceResult.RetryLater>().After.ShouldBeGreaterThan(TimeSpan.Zero);
        (await EditAsync(thread, 2, "resolved")).ShouldBeOfType<SurfaceResult.RetryLater>();
    }

    [Fact]
    public async Task A_cancelled_delivery_throws_and_is_no_failure_of_the_surface()
    {
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => Surface.PostReplyAsync(
            new ReplyDelivery(12, "a", "state", PlainText.Line("x", 10), Web), cancelled.Token));
    }

    private Task<SurfaceResult> OpenAsync() =>
        Surface.OpenThreadAsync(new CardDelivery(12, "INC-12/open", Card("open"), 1, Web), TestContext.Current.CancellationToken);

    private async Task<string?> OpenedAsync() => ((SurfaceResult.Posted)await OpenAsync()).ThreadReference;

    private Task<SurfaceResult> EditAsync(string? thread, long version, string state) => Surface.EditCardAsync(
        new CardDelivery(12, $"INC-12/card/{version}", Card(state), version, Web, thread), TestContext.Current.CancellationToken);

    private Task<SurfaceResult> ReplyAsync(string? thread, string id, string text) => Surface.PostReplyAsync(
        new ReplyDelivery(12, id, "state", PlainText.Line(text, CardLimits.Reply), Web, thread), TestContext.Current.CancellationToken);

    private static StatusCard Card(string state) => CardBuilder.Build(Some.DiagnosedThread()) with { State = state };
}
