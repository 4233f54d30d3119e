using OpsBot.Chat.Cards;
using OpsBot.Chat.Threads;
using OpsBot.Contracts.Actions;
using OpsBot.Contracts.Threads;
using OpsBot.Tests.Support;
#pragma warning disable IDE0005 // compiled into the integration tests too, which have no global usings
using Shouldly;
using Xunit;
#pragma warning restore IDE0005

namespace OpsBot.Tests.Chat.Threads;

/// <summary>One message as people see it on a surface.</summary>
/// <param name="Reference">As the surface names it.</param>
/// <param name="Thread">The thread that it stands in; null for one that begins a thread.</param>
/// <param name="Text">All that is read of it, markup resolved.</param>
/// <param name="Bytes">What went over the wire for it.</param>
public sealed record ShownMessage(string Reference, string? Thread, string Text, int Bytes)
{
    /// <summary>What can be pressed: <c>approve PROP-7 v1</c>.</summary>
    public IReadOnlyList<string> Buttons { get; init; } = [];

    /// <summary>Names of files below it.</summary>
    public IReadOnlyList<string> Files { get; init; } = [];

    /// <summary>People, channels and groups that were notified by it beyond those who follow the thread.</summary>
    public int Pings { get; init; }
}

/// <summary>What the outside does to the next call.</summary>
public enum Trouble
{
    /// <summary>It says to come back in seven seconds.</summary>
    RateLimited,

    /// <summary>It answers 500 or its like, and has posted nothing.</summary>
    ServerError,

    NoConnection,

    /// <summary>It posts, and the connection ends before the answer.</summary>
    LostAnswer,

    /// <summary>The bot may not post there.</summary>
    Forbidden,
}

/// <summary>What every chat surface promises, whatever it talks to. A surface's tests derive from this.</summary>
public abstract class ChatSurfaceContract
{
    protected const string Hostile = "<b>*bold*</b> <!channel> <!here> <@U1> @everyone <at>Ada</at> [x](http://evil.example) `code` &amp; _it_ ~s~ <https://evil.example|bank>";

    /// <summary>The surface under test, over an outside that the members below look into and break.</summary>
    protected abstract IChatSurface Surface { get; }

    protected abstract ChatPlace Place { get; }

    /// <summary>Everything that stands on the surface, oldest first.</summary>
    protected abstract IReadOnlyList<ShownMessage> Shown();

    /// <summary>What the outside does to the next call that posts or edits.</summary>
    protected abstract void Next(Trouble trouble);

    /// <summary>What this outside can do to a call.</summary>
    protected virtual IReadOnlyList<Trouble> Troubles => Enum.GetValues<Trouble>();

    /// <summary>Most bytes of one message.</summary>
    protected abstract int LargestMessage { get; }

    /// <summary>Proposals are decided by buttons below the card.</summary>
    protected virtual bool HasButtons => true;

    protected virtual bool HasFiles => true;

    /// <summary>It answers commands by posts.</summary>
    protected virtual bool Answers => true;

    /// <summary>A delivery whose end is not known can be found again.</summary>
    protected virtual bool FindsAgain => true;

    /// <summary>The time as the outside has it.</summary>
    protected virtual DateTimeOffset Now => TimeProvider.System.GetUtcNow();

    /// <summary>What must not be in any result.</summary>
    protected virtual IReadOnlyList<string> Secrets => [];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public void It_has_a_short_name() => Surface.Name.ShouldMatch("^[a-z]{2,12}$");

    [Fact]
    public async Task A_thread_is_opened_with_its_card()
    {
        (await OpenAsync()).ShouldBeOfType<SurfaceResult.Posted>().ThreadReference.ShouldNotBeNullOrEmpty();
        var card = Shown().ShouldHaveSingleItem();
        card.Thread.ShouldBeNull();
        foreach (var shown in new[] { "INC-12", "Checkout p99 latency above 2 s", "payments 4.12.0", "82 %", "E1" })
            card.Text.ShouldContain(shown);
    }

    [Fact]
    public async Task A_card_is_edited_in_place()
    {
        var thread = await OpenedAsync();
        (await EditAsync(thread, 2, "acknowledged")).ShouldBeOfType<SurfaceResult.Posted>();
        Shown().ShouldHaveSingleItem().Text.ShouldContain("acknowledged", Case.Insensitive);
    }

    [Fact]
    public async Task Replies_stand_in_the_thread_in_order()
    {
        var thread = await OpenedAsync();
        await ReplyAsync(thread, "a", "first");
        await ReplyAsync(thread, "b", "second");
        Shown().Skip(1).Select(message => message.Text).ShouldBe(["first", "second"]);
        Shown().Skip(1).ShouldAllBe(message => message.Thread == Shown()[0].Reference);
    }

    [Fact]
    public async Task A_proposal_that_waits_can_be_decided_and_one_that_is_over_cannot()
    {
        Assert.SkipUnless(HasButtons, "decided elsewhere");
        var proposals = Some.DiagnosedThread() with { Proposals = [Some.ProposalView()] };
        var thread = ((SurfaceResult.Posted)await OpenAsync(CardBuilder.Build(proposals))).ThreadReference;
        Shown()[0].Buttons.ShouldBe(["approve PROP-7 v1", "refuse PROP-7 v1"], ignoreOrder: true);
        var view = Some.ProposalView();
        var done = proposals with { Proposals = [view with { Proposal = view.Proposal with { Status = ProposalStatus.Done } }] };
        (await Surface.EditCardAsync(new CardDelivery(12, "INC-12/card/2", CardBuilder.Build(done), 2, Place, thread), Token)).ShouldBeOfType<SurfaceResult.Posted>();
        Shown()[0].Buttons.ShouldBeEmpty();
        Shown()[0].Text.ShouldContain("done and verified");
    }

    [Fact]
    public async Task An_outcome_shows_on_the_card()
    {
        var thread = await OpenedAsync();
        var resolved = CardBuilder.Build(Some.ResolvedThread());
        (await Surface.EditCardAsync(new CardDelivery(12, "INC-12/card/5", resolved, 5, Place, thread), Token)).ShouldBeOfType<SurfaceResult.Posted>();
        Shown()[0].Text.ShouldContain("resolved", Case.Insensitive);
        Shown()[0].Text.ShouldContain("after 41 min");
    }

    [Fact]
    public async Task A_chart_goes_with_its_reply()
    {
        Assert.SkipUnless(HasFiles, "charts are drawn elsewhere");
        var thread = await OpenedAsync();
        var chart = new ReplyAttachment("chart.svg", "image/svg+xml", "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"60\" height=\"20\"/>"u8.ToArray(), PlainText.Line("errors per second", 80));
        (await Surface.PostReplyAsync(new ReplyDelivery(12, "c", "diagnosis", PlainText.Line("likely cause", 80), Place, thread) { Attachments = [chart] }, Token))
            .ShouldBeOfType<SurfaceResult.Posted>();
        var shown = Shown().Skip(1).ToList();
        shown.ShouldContain(message => message.Text.Contains("likely cause"));
        shown.SelectMany(message => message.Files).ShouldHaveSingleItem().ShouldStartWith("chart");
    }

    [Theory]
    [InlineData(700)]
    [InlineData(4_000)]
    [InlineData(29_000)]
    public async Task A_long_text_arrives_whole_however_it_has_to_be_divided(int length)
    {
        var text = string.Join('\n', Enumerable.Range(0, length / 70).Select(line => $"{line:00000} the quick brown fox jumps over the lazy dog again and again <&>"));
        var thread = await OpenedAsync();
        (await Surface.PostReplyAsync(new ReplyDelivery(12, "long", "notice", PlainText.Block(text, 30_000), Place, thread), Token)).ShouldBeOfType<SurfaceResult.Posted>();
        var shown = Shown().Skip(1).ToList();
        if (!shown.Any(message => message.Files.Count > 0))
        {
            var read = string.Concat(shown.SelectMany(message => message.Text.Where(c => !char.IsWhiteSpace(c))));
            read.ShouldContain(string.Concat(text.Where(c => !char.IsWhiteSpace(c))));
        }

        shown.ShouldAllBe(message => message.Bytes <= LargestMessage);
    }

    [Fact]
    public async Task What_came_from_outside_stands_as_the_text_that_it_is_and_pings_nobody()
    {
        var thread = await OpenedAsync();
        await ReplyAsync(thread, "a", Hostile);
        Shown()[1].Text.ShouldBe(Hostile);
        var opened = Some.OpenedThread();
        var hostile = CardBuilder.Build(opened with { Incident = opened.Incident with { Title = Hostile } });
        await Surface.EditCardAsync(new CardDelivery(12, "INC-12/card/2", hostile, 2, Place, thread), Token);
        Shown()[0].Text.ShouldContain(PlainText.Line(Hostile, CardLimits.Title).Value);
        Shown().ShouldAllBe(message => message.Pings == 0);
    }

    [Fact]
    public async Task The_largest_card_that_there_is_fits()
    {
        var storm = Some.StormThread();
        var all = Some.DiagnosedThread() with { Alerts = storm.Alerts, Timeline = storm.Timeline, DeadMessages = 3, Proposals = [Some.ProposalView(), Some.ProposalView()] };
        foreach (var (detail, at) in new[] { storm, all, Some.AbstainedThread() }.Select((detail, at) => (detail, at)))
            (await Surface.OpenThreadAsync(new CardDelivery(detail.Incident.Id + (100 * at), $"big/{at}", CardBuilder.Build(detail), 1, Place), Token)).ShouldBeOfType<SurfaceResult.Posted>();
        Shown().ShouldAllBe(message => message.Bytes <= LargestMessage);
    }

    [Fact]
    public async Task An_edit_or_a_reply_without_a_thread_fails_for_good()
    {
        (await EditAsync(null, 2, "open")).ShouldBeOfType<SurfaceResult.Failed>().Reason.ShouldNotBeNullOrWhiteSpace();
        (await ReplyAsync(null, "a", "hello")).ShouldBeOfType<SurfaceResult.Failed>();
    }

    [Theory]
    [InlineData(Trouble.RateLimited)]
    [InlineData(Trouble.ServerError)]
    [InlineData(Trouble.NoConnection)]
    [InlineData(Trouble.Forbidden)]
    public async Task Trouble_is_a_result_that_says_whether_to_try_again(Trouble trouble)
    {
        Assert.SkipUnless(Troubles.Contains(trouble), "this outside has no such trouble");
        var thread = await OpenedAsync();
        foreach (var call in new Func<Task<SurfaceResult>>[] { () => ReplyAsync(thread, "a", "hello"), () => EditAsync(thread, 2, "resolved") })
        {
            Next(trouble);
            var result = await call();
            foreach (var secret in Secrets)
                result.ToString().ShouldNotContain(secret);
            switch (trouble)
            {
                case Trouble.Forbidden:
                    result.ShouldBeOfType<SurfaceResult.Failed>().Reason.ShouldNotBeNullOrWhiteSpace();
                    break;
                case Trouble.RateLimited:
                    result.ShouldBeOfType<SurfaceResult.RetryLater>().ShouldSatisfyAllConditions(
                        later => later.After.ShouldBeGreaterThanOrEqualTo(TimeSpan.FromSeconds(7)), later => later.NotPosted.ShouldBeTrue());
                    break;
                default:
                    result.ShouldBeOfType<SurfaceResult.RetryLater>().After.ShouldBeGreaterThan(TimeSpan.Zero);
                    break;
            }
        }

        Shown().ShouldHaveSingleItem();
    }

    [Theory]
    [InlineData("thread")]
    [InlineData("reply")]
    [InlineData("answer")]
    public async Task What_was_posted_before_a_crash_does_not_stand_twice_after_it(string what)
    {
        Assert.SkipUnless(FindsAgain && Troubles.Contains(Trouble.LostAnswer) && (what != "answer" || Answers), "nothing is lost on the way there");
        var thread = what == "reply" ? await OpenedAsync() : null;
        var (id, stood, sent) = ($"INC-12/{what}", Shown().Count, Now);
        Task<SurfaceResult> Post() => what switch
        {
            "thread" => Surface.OpenThreadAsync(new CardDelivery(12, id, Card("open"), 1, Place), Token),
            "reply" => ReplyAsync(thread, id, "once"),
            _ => AnswerAsync(id, "once"),
        };
        Next(Trouble.LostAnswer);
        (await Post()).ShouldBeOfType<SurfaceResult.RetryLater>().NotPosted.ShouldBeFalse();
        (await Surface.FindAsync(new UncertainDelivery(id, what, Place, thread, sent), Token)).ShouldBeOfType<FindResult.Found>();
        Shown().Count.ShouldBe(stood + 1);
        (await Surface.FindAsync(new UncertainDelivery("never/sent", what, Place, thread, sent), Token)).ShouldBeOfType<FindResult.NotFound>();
    }

    [Fact]
    public async Task An_answer_stands_where_it_was_asked_with_its_buttons()
    {
        Assert.SkipUnless(Answers, "answers in its own pages");
        var answer = new AnswerDelivery("answer/1", Place, PlainText.Block(Hostile, 1000), OnlyAsker: false, "U1", null)
        {
            Decisions = HasButtons ? [new ProposedDecision(7, 1, PlainText.Line("rollback on payments", 80), PlainText.Line("0 of 1", 80))] : [],
        };
        (await Surface.AnswerAsync(answer, Token)).ShouldBeOfType<SurfaceResult.Posted>();
        Shown()[^1].Text.ShouldContain(Hostile);
        Shown()[^1].Pings.ShouldBe(0);
        if (HasButtons)
            Shown()[^1].Buttons.ShouldBe(["approve PROP-7 v1", "refuse PROP-7 v1"], ignoreOrder: true);
    }

    [Fact]
    public async Task A_cancelled_delivery_throws_and_is_no_failure_of_the_surface()
    {
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => Surface.PostReplyAsync(
            new ReplyDelivery(12, "a", "state", PlainText.Line("x", 10), Place, "C1/1"), cancelled.Token));
    }

    protected Task<SurfaceResult> OpenAsync(StatusCard? card = null) =>
        Surface.OpenThreadAsync(new CardDelivery(12, "INC-12/thread", card ?? Card("open"), 1, Place), Token);

    protected async Task<string?> OpenedAsync() => ((SurfaceResult.Posted)await OpenAsync()).ThreadReference;

    protected Task<SurfaceResult> EditAsync(string? thread, long version, string state) => Surface.EditCardAsync(
        new CardDelivery(12, $"INC-12/card/{version}", Card(state), version, Place, thread), Token);

    protected Task<SurfaceResult> ReplyAsync(string? thread, string id, string text) => Surface.PostReplyAsync(
        new ReplyDelivery(12, id, "state", PlainText.Line(text, CardLimits.Reply), Place, thread), Token);

    protected Task<SurfaceResult> AnswerAsync(string id, string text) =>
        Surface.AnswerAsync(new AnswerDelivery(id, Place, PlainText.Block(text, 1000), OnlyAsker: false, "U1", null), Token);

    protected static StatusCard Card(string state) => CardBuilder.Build(Some.DiagnosedThread()) with { State = state };
}
