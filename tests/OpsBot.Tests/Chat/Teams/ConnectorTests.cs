using System.Globalization;
using OpsBot.Chat.Cards;
using OpsBot.Chat.Teams.Cards;
using OpsBot.Chat.Threads;
using OpsBot.Contracts.Threads;
using OpsBot.Tests.Support;

namespace OpsBot.Tests.Chat.Teams;

/// <summary>What we send, to whom we show our token, and what follows from the answers.</summary>
public sealed class ConnectorTests
{
    private static readonly ChatPlace Place = new("teams", SomeActivity.Channel);

    [Fact]
    public async Task A_thread_is_a_new_conversation_of_its_channel_and_its_card_is_edited_in_place()
    {
        await using var app = await TeamsApp.StartAsync();
        var opened = (await OpenAsync(app)).ShouldBeOfType<SurfaceResult.Posted>();
        var post = app.Side.Connector.Posts.ShouldHaveSingleItem();
        opened.ThreadReference.ShouldBe($"{SomeActivity.Channel}/{post.Id}");
        post.Conversation.ShouldBe($"{SomeActivity.Channel};messageid={post.Id}");

        (await EditAsync(app, opened.ThreadReference, "resolved")).ShouldBeOfType<SurfaceResult.Posted>().ThreadReference.ShouldBe(opened.ThreadReference);
        var edited = app.Side.Connector.Posts.ShouldHaveSingleItem();
        edited.Edits.ShouldBe(1);
        edited.Lines[0].ShouldContain("RESOLVED");
        app.Side.Connector.Violations.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_reply_stands_in_the_thread()
    {
        await using var app = await TeamsApp.StartAsync();
        var thread = await OpenedAsync(app);
        (await ReplyAsync(app, thread, "Likely cause (82 %): a deploy.")).ShouldBeOfType<SurfaceResult.Posted>();
        app.Side.Connector.Posts.Count.ShouldBe(2);
        app.Side.Connector.Posts[1].Conversation.ShouldBe(app.Side.Connector.Posts[0].Conversation);
        app.Side.Connector.Posts[1].Lines.ShouldBe(["Likely cause (82 %): a deploy."]);
    }

    [Fact]
    public async Task A_group_chat_has_a_card_and_no_thread()
    {
        await using var app = await TeamsApp.StartAsync();
        var opened = (await OpenAsync(app, new ChatPlace("teams", "19:chat@thread.v2"))).ShouldBeOfType<SurfaceResult.Posted>();
        opened.ThreadReference.ShouldBe($"19:chat@thread.v2#{app.Side.Connector.Posts[0].Id}");
        (await EditAsync(app, opened.ThreadReference, "resolved")).ShouldBeOfType<SurfaceResult.Posted>();
        (await ReplyAsync(app, opened.ThreadReference, "x")).ShouldBeOfType<SurfaceResult.Posted>();
        app.Side.Connector.Posts.Select(post => (post.Conversation, post.Edits)).ShouldBe([("19:chat@thread.v2", 1), ("19:chat@thread.v2", 0)]);
    }

    [Fact]
    public async Task One_token_does_for_many_calls_and_a_withdrawn_one_is_replaced_at_once()
    {
        await using var app = await TeamsApp.StartAsync();
        var thread = await OpenedAsync(app);
        await ReplyAsync(app, thread, "one");
        app.Side.TokenRequests.ShouldHaveSingleItem();
        app.Side.IsWithdrawn = true;
        (await ReplyAsync(app, thread, "two")).ShouldBeOfType<SurfaceResult.Posted>();
        app.Side.TokenRequests.Count.ShouldBe(2);
        app.Side.Connector.Posts.Count.ShouldBe(3);
    }

    [Fact]
    public async Task A_secret_that_Entra_does_not_take_is_said_without_showing_it()
    {
        await using var app = await TeamsApp.StartAsync(options => options.ClientSecret = "this-secret-has-run-out");
        var later = (await OpenAsync(app)).ShouldBeOfType<SurfaceResult.RetryLater>();
        later.NotPosted.ShouldBeTrue();
        later.Reason.ShouldContain("teams.clientSecret");
        app.Log.Lines.Append(later.Reason).ShouldAllBe(line => !line.Contains("this-secret-has-run-out", StringComparison.Ordinal));
        app.Side.Connector.Calls.ShouldBeEmpty();
    }

    public static TheoryData<int, string?, string?, bool, bool, double> Answers => new()
    {
        // status, Retry-After, code, is tried again, is surely not posted, seconds to wait
        { 429, "17", null, true, true, 17 },
        { 429, null, null, true, true, 5 },
        { 429, "86400", null, true, true, 600 },
        { 429, "0", null, true, true, 1 },
        { 412, null, "PreconditionFailed", true, true, 5 },
        { 500, null, null, true, false, 5 },
        { 502, null, null, true, false, 5 },
        { 503, "30", null, true, false, 30 },
        { 504, null, null, true, false, 5 },
        { 408, null, null, true, false, 5 },
        { 400, null, "BadSyntax", false, false, 0 },
        { 403, null, "BotDisabledByAdmin", false, false, 0 },
        { 404, null, "ConversationNotFound", false, false, 0 },
        { 413, null, "MessageSizeTooBig", false, false, 0 },
        { 501, null, null, false, false, 0 },
        { 302, null, null, false, false, 0 },
    };

    [Theory]
    [MemberData(nameof(Answers))]
    public async Task An_answer_says_whether_and_when_to_try_again(int status, string? retryAfter, string? code, bool again, bool notPosted, double seconds)
    {
        await using var app = await TeamsApp.StartAsync();
        var thread = await OpenedAsync(app);
        app.Side.Connector.Failures.Enqueue((status, retryAfter, code));

        var result = await ReplyAsync(app, thread, "x");

        if (again)
        {
            var later = result.ShouldBeOfType<SurfaceResult.RetryLater>();
            (later.NotPosted, later.After.TotalSeconds).ShouldBe((notPosted, seconds));
            if (code is not null) later.Reason.ShouldContain(code);
            app.Clock.Advance(later.After);
        }
        else
        {
            result.ShouldBeOfType<SurfaceResult.Failed>().Reason.ShouldContain(status.ToString(CultureInfo.InvariantCulture));
        }

        (await ReplyAsync(app, thread, "x")).ShouldBeOfType<SurfaceResult.Posted>();
    }

    [Fact]
    public async Task A_token_that_is_never_taken_is_asked_for_twice_and_then_waited_with()
    {
        await using var app = await TeamsApp.StartAsync();
        var thread = await OpenedAsync(app);
        app.Side.Connector.Failures.Enqueue((401, null, null));
        app.Side.Connector.Failures.Enqueue((401, null, null));
        var later = (await ReplyAsync(app, thread, "x")).ShouldBeOfType<SurfaceResult.RetryLater>();
        (later.NotPosted, later.After).ShouldBe((true, TimeSpan.FromMinutes(5)));
        app.Side.Connector.Posts.ShouldHaveSingleItem();
    }

    [Fact]
    public async Task An_answer_that_was_lost_is_no_word_about_the_post()
    {
        await using var app = await TeamsApp.StartAsync();
        var thread = await OpenedAsync(app);
        app.Side.Connector.LosesTheAnswer = true;
        (await ReplyAsync(app, thread, "x")).ShouldBeOfType<SurfaceResult.RetryLater>().NotPosted.ShouldBeFalse();
        app.Side.Connector.Posts.Count.ShouldBe(2);
        (await app.Surface.FindAsync(new UncertainDelivery("a", "reply", Place, thread, app.Clock.GetUtcNow()), TestContext.Current.CancellationToken))
            .ShouldBeOfType<FindResult.Unknown>();
    }

    [Fact]
    public async Task Our_token_goes_to_no_address_that_is_not_on_the_list()
    {
        await using var app = await TeamsApp.StartAsync(options => options.ServiceUrls = ["https://smba.trafficmanager.net/teams/"]);
        var handle = """{"serviceUrl":"https://smba.trafficmanager.net/emea/","conversation":"a:1","user":"29:x","isPersonal":true}""";
        var result = await app.Surface.AnswerAsync(Answer("hello", handle), TestContext.Current.CancellationToken);
        result.ShouldBeOfType<SurfaceResult.Failed>().Reason.ShouldContain("teams.serviceUrls");
        app.Side.Connector.Calls.ShouldBeEmpty();
        app.Side.TokenRequests.ShouldBeEmpty();
    }

    [Fact]
    public async Task More_than_a_conversation_takes_in_a_second_waits_here_and_not_there()
    {
        await using var app = await TeamsApp.StartAsync();
        var thread = await OpenedAsync(app);
        for (var i = 0; i < 7; i++) (await ReplyAsync(app, thread, $"{i}")).ShouldBeOfType<SurfaceResult.Posted>();
        var later = (await ReplyAsync(app, thread, "8")).ShouldBeOfType<SurfaceResult.RetryLater>();
        (later.NotPosted, later.After).ShouldBe((true, TimeSpan.FromSeconds(1)));
        app.Side.Connector.Calls.Count.ShouldBe(8);
        app.Clock.Advance(later.After);
        (await ReplyAsync(app, thread, "8")).ShouldBeOfType<SurfaceResult.Posted>();
        (await ReplyAsync(app, thread, "9")).ShouldBeOfType<SurfaceResult.RetryLater>("eight in two seconds");
    }

    [Fact]
    public async Task A_conversation_that_Teams_holds_back_hears_nothing_of_anybody_until_then()
    {
        await using var app = await TeamsApp.StartAsync();
        var (thread, other) = (await OpenedAsync(app), await OpenedAsync(app));
        app.Side.Connector.Failures.Enqueue((429, "17", null));
        (await ReplyAsync(app, thread, "one")).ShouldBeOfType<SurfaceResult.RetryLater>().After.ShouldBe(TimeSpan.FromSeconds(17));
        app.Clock.Advance(TimeSpan.FromSeconds(7));
        var calls = app.Side.Connector.Calls.Count;
        foreach (var later in new[] { await ReplyAsync(app, thread, "two"), await EditAsync(app, thread, "resolved") })
        {
            var waits = later.ShouldBeOfType<SurfaceResult.RetryLater>();
            (waits.NotPosted, waits.After).ShouldBe((true, TimeSpan.FromSeconds(10)));
        }

        app.Side.Connector.Calls.Count.ShouldBe(calls);
        (await ReplyAsync(app, other, "elsewhere")).ShouldBeOfType<SurfaceResult.Posted>();
        app.Clock.Advance(TimeSpan.FromSeconds(10));
        (await ReplyAsync(app, thread, "two")).ShouldBeOfType<SurfaceResult.Posted>();
    }

    [Fact]
    public void A_picture_goes_with_the_text_where_there_is_room_and_stands_alone_where_there_is_none()
    {
        var address = $"data:image/png;base64,{new string('A', 22_000)}";
        var longest = TextCards.Of(new string('x', CardLimits.Reply)).ToList();
        TextCards.AddPicture(longest, address, "chart.svg", PlainText.Line("errors", 40));
        longest.ShouldHaveSingleItem();
        var more = TextCards.Of(string.Join('\n', Enumerable.Repeat(new string('x', 100), 90))).ToList();
        TextCards.AddPicture(more, address, "chart.svg", PlainText.Line("errors", 40));
        more.Count.ShouldBe(2);
        more.Concat(longest).ShouldAllBe(card => AdaptiveCardRenderer.BytesOf(card) <= AdaptiveCardRenderer.MaxBytes);
    }

    [Fact]
    public async Task What_only_the_asker_should_see_goes_into_a_chat_with_them()
    {
        await using var app = await TeamsApp.StartAsync();
        await app.SendAsync(SomeActivity.Mention());
        var handle = app.Received.Single().ReplyHandle;
        (await app.Surface.AnswerAsync(Answer("You may not approve this.", handle, onlyAsker: true), TestContext.Current.CancellationToken)).ShouldBeOfType<SurfaceResult.Posted>();
        (await app.Surface.AnswerAsync(Answer("INC-12 is open.", handle), TestContext.Current.CancellationToken)).ShouldBeOfType<SurfaceResult.Posted>();
        app.Side.Connector.Posts.Select(post => (post.Conversation, post.Lines[0])).ShouldBe(
        [
            ("a:chat-with-29:ada-of-this-bot", "You may not approve this."),
            ($"{SomeActivity.Channel};messageid={SomeActivity.Root}", "INC-12 is open."),
        ]);
    }

    [Fact]
    public async Task Where_the_bot_may_open_no_chat_the_answer_stands_below_the_question()
    {
        await using var app = await TeamsApp.StartAsync();
        await app.SendAsync(SomeActivity.Mention());
        app.Side.Connector.RefusesPersonalChats = true;
        (await app.Surface.AnswerAsync(Answer("No.", app.Received.Single().ReplyHandle, onlyAsker: true), TestContext.Current.CancellationToken)).ShouldBeOfType<SurfaceResult.Posted>();
        app.Side.Connector.Posts.ShouldHaveSingleItem().Conversation.ShouldBe($"{SomeActivity.Channel};messageid={SomeActivity.Root}");
    }

    [Fact]
    public async Task A_long_answer_is_split_at_its_lines_and_nothing_of_it_is_lost()
    {
        await using var app = await TeamsApp.StartAsync();
        var lines = Enumerable.Range(1, 900).Select(n => $"  {n} payments-7d9f timeout after 3000 ms <b>*{n}*</b>").ToList();
        (await app.Surface.AnswerAsync(Answer(string.Join('\n', lines), handle: null), TestContext.Current.CancellationToken)).ShouldBeOfType<SurfaceResult.Posted>();
        app.Side.Connector.Violations.ShouldBeEmpty();
        app.Side.Connector.Posts.Count.ShouldBeGreaterThan(1);
        app.Side.Connector.Posts.SelectMany(post => post.Lines).Select(line => line.Replace('\u00A0', ' ')).ShouldBe(lines);
    }

    [Fact]
    public async Task The_parts_that_stand_already_are_not_posted_again()
    {
        await using var app = await TeamsApp.StartAsync();
        var lines = Enumerable.Range(1, 900).Select(n => $"{n} {new string('x', 40)}").ToList();
        var delivery = Answer(string.Join('\n', lines), handle: null);
        // the third call and the fourth fail
        app.Side.Connector.FailsAfter = 2;
        app.Side.Connector.Failures.Enqueue((429, null, null));
        app.Side.Connector.Failures.Enqueue((502, null, null));

        for (var tries = 1; await app.Surface.AnswerAsync(delivery, TestContext.Current.CancellationToken) is SurfaceResult.RetryLater later; tries++)
        {
            tries.ShouldBeLessThan(6);
            app.Clock.Advance(later.After);
        }

        app.Side.Connector.Failures.ShouldBeEmpty();
        app.Side.Connector.Posts.SelectMany(post => post.Lines).ShouldBe(lines);
    }

    private static AnswerDelivery Answer(string text, string? handle, bool onlyAsker = false) => new(
        "answer-1", new ChatPlace("teams", SomeActivity.Channel, SomeActivity.Root), PlainText.Block(text, 200_000), onlyAsker, SomeActivity.Ada, handle);

    private static Task<SurfaceResult> OpenAsync(TeamsApp app, ChatPlace? place = null) => app.Surface.OpenThreadAsync(
        new CardDelivery(12, "INC-12/open", CardBuilder.Build(Some.DiagnosedThread()), 1, place ?? Place), TestContext.Current.CancellationToken);

    private static async Task<string?> OpenedAsync(TeamsApp app) => (await OpenAsync(app)).ShouldBeOfType<SurfaceResult.Posted>().ThreadReference;

    private static Task<SurfaceResult> EditAsync(TeamsApp app, string? thread, string state) => app.Surface.EditCardAsync(
        new CardDelivery(12, "INC-12/card/2", CardBuilder.Build(Some.DiagnosedThread()) with { State = state }, 2, Place, thread), TestContext.Current.CancellationToken);

    private static Task<SurfaceResult> ReplyAsync(TeamsApp app, string? thread, string text) => app.Surface.PostReplyAsync(
        new ReplyDelivery(12, $"INC-12/{text}", "state", PlainText.Line(text, CardLimits.Reply), Place, thread), TestContext.Current.CancellationToken);
}
