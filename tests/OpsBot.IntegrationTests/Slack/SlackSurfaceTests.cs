using System.Text.Json.Nodes;
using OpsBot.Chat.Cards;
using OpsBot.Chat.Threads;
using OpsBot.Contracts.Threads;
using OpsBot.IntegrationTests.Slack.Simulator;
using OpsBot.Tests.Support;
using Shouldly;
using Xunit;

namespace OpsBot.IntegrationTests.Slack;

/// <summary>What stands in the channels after what we were asked to post, and what is said where it could not be.</summary>
public sealed class SlackSurfaceTests : IAsyncLifetime
{
    private static readonly ChatPlace Place = new("slack", SlackWorkspace.Channel);

    private static readonly string[] Hostile =
    [
        "<!channel> <!here|here> <@U0ANNA> <https://evil.example|click> @everyone", "*bold* _it_ ~no~ `code` ```block``` > quote", "<b>html</b> &lt;already&gt; &amp;", ":tada: :rotating_light: {{template}} %s",
        "https://evil.example/?x=1 mailto:a@b.c", "]]> --> </script>",
    ];

    private SlackUnderTest _ours = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private SlackWorkspace Workspace => _ours.Slack.Workspace;

    public async ValueTask InitializeAsync()
    {
        _ours = await SlackUnderTest.StartAsync(Token);
        Workspace.Pace = TimeSpan.Zero;
    }

    public ValueTask DisposeAsync() => _ours.DisposeAsync();

    [Fact]
    public async Task A_thread_is_opened_edited_in_place_and_replied_to()
    {
        var reference = await OpenedAsync();
        (await EditAsync(reference, "acknowledged")).ShouldBeOfType<SurfaceResult.Posted>();
        (await ReplyAsync(reference, "r1", "Likely cause named")).ShouldBeOfType<SurfaceResult.Posted>().ThreadReference.ShouldNotBe(reference);
        var messages = Workspace.In(SlackWorkspace.Channel);
        messages.Count.ShouldBe(2);
        messages[0].Shown.ShouldContain("acknowledged");
        (messages[0].Edits, messages[1].ThreadTs, messages[1].Shown).ShouldBe((1, messages[0].Ts, "Likely cause named"));
    }

    [Fact]
    public async Task Texts_from_outside_ping_nobody_link_nowhere_and_read_as_they_were()
    {
        var reference = await OpenedAsync();
        foreach (var (text, i) in Hostile.Select((text, i) => (text, i)))
            (await ReplyAsync(reference, $"h{i}", text)).ShouldBeOfType<SurfaceResult.Posted>();
        var replies = Workspace.In(SlackWorkspace.Channel).Skip(1).ToList();
        replies.Select(reply => reply.Shown).ShouldBe(Hostile);
        foreach (var reply in replies)
        {
            // in the text that notifications show nothing is left that Slack would read as a mention or a link
            reply.Text.ShouldNotContain('<');
            reply.Blocks!.ToJsonString().ShouldNotContain("mrkdwn");
        }
    }

    [Fact]
    public async Task A_card_full_of_hostile_texts_breaks_no_rule_and_holds_no_mention()
    {
        var card = Card("open") with { Title = PlainText.Line(Hostile[0], CardLimits.Title), Facts = [.. Hostile.Select(text => new CardFact("Fact", PlainText.Line(text, CardLimits.Fact)))] };
        (await _ours.Surface.OpenThreadAsync(new CardDelivery(12, "hostile", card, 1, Place), Token)).ShouldBeOfType<SurfaceResult.Posted>();
        var message = Workspace.In(SlackWorkspace.Channel).ShouldHaveSingleItem();
        message.Blocks.ShouldNotBeNull();
        message.Text.ShouldNotContain('<');
        message.Blocks.ToJsonString().ShouldNotContain("<!");
        message.Shown.ShouldContain("<!channel>");
    }

    [Fact]
    public async Task An_answer_lost_on_its_way_is_found_again_and_one_that_was_never_posted_is_not()
    {
        _ours.Slack.Break("chat.postMessage", SlackFault.AnswerLost, SlackFault.ServerError);
        var sent = TimeProvider.System.GetUtcNow();
        (await OpenAsync("INC-12/open")).ShouldBeOfType<SurfaceResult.RetryLater>().NotPosted.ShouldBeFalse();
        var found = (await FindAsync("INC-12/open", "thread", null, sent)).ShouldBeOfType<FindResult.Found>();
        found.Reference.ShouldBe($"{SlackWorkspace.Channel}/{Workspace.In(SlackWorkspace.Channel).Single().Ts}");

        (await ReplyAsync(found.Reference, "r1", "hello")).ShouldBeOfType<SurfaceResult.RetryLater>();
        (await FindAsync("r1", "reply", found.Reference, sent)).ShouldBeOfType<FindResult.NotFound>();
        (await ReplyAsync(found.Reference, "r1", "hello")).ShouldBeOfType<SurfaceResult.Posted>();
        (await FindAsync("r1", "reply", found.Reference, sent)).ShouldBeOfType<FindResult.Found>();
        (await FindAsync("r2", "reply", found.Reference, sent)).ShouldBeOfType<FindResult.NotFound>();
    }

    [Fact]
    public async Task It_is_found_among_many_messages_and_not_looked_for_while_Slack_is_away()
    {
        var sent = TimeProvider.System.GetUtcNow();
        await OpenAsync("INC-1/open");
        for (var i = 0; i < 450; i++)
            Workspace.Add(new SlackMessage(SlackWorkspace.Channel, Workspace.NextTs(TimeProvider.System.GetUtcNow()), "chatter"));
        (await FindAsync("INC-1/open", "thread", null, sent)).ShouldBeOfType<FindResult.Found>();
        _ours.Slack.IsDown = true;
        (await FindAsync("INC-1/open", "thread", null, sent)).ShouldBeOfType<FindResult.RetryLater>();
    }

    [Fact]
    public async Task It_is_found_however_much_was_said_since()
    {
        var sent = TimeProvider.System.GetUtcNow() - TimeSpan.FromHours(3);
        // it was posted three hours ago, and then the program was away
        Workspace.Add(new SlackMessage(SlackWorkspace.Channel, Ts(sent + TimeSpan.FromSeconds(20)), "card")
        {
            Metadata = new JsonObject { ["event_type"] = "opsbot_delivery", ["event_payload"] = new JsonObject { ["delivery_id"] = "INC-7/thread", ["part"] = "0" } },
        });
        for (var i = 0; i < 6_000; i++)
            Workspace.Add(new SlackMessage(SlackWorkspace.Channel, Ts(sent + TimeSpan.FromMinutes(20) + TimeSpan.FromSeconds(i)), "chatter"));
        (await FindAsync("INC-7/thread", "thread", null, sent)).ShouldBeOfType<FindResult.Found>();
        (await FindAsync("INC-8/thread", "thread", null, sent)).ShouldBeOfType<FindResult.NotFound>();
        // what cannot be looked through is said, and not taken for an answer
        for (var i = 0; i < 4_100; i++)
            Workspace.Add(new SlackMessage(SlackWorkspace.Channel, Ts(sent + TimeSpan.FromSeconds(30) + TimeSpan.FromMilliseconds(100 * i)), "chatter"));
        (await FindAsync("INC-8/thread", "thread", null, sent)).ShouldBeOfType<FindResult.Unknown>().Reason.ShouldContain("4000");

        static string Ts(DateTimeOffset at) => (at.ToUnixTimeMilliseconds() / 1000m).ToString("0.000000", System.Globalization.CultureInfo.InvariantCulture);
    }

    [Fact]
    public async Task Refusals_say_what_to_do_and_what_passes_is_tried_again()
    {
        (await OpenAsync("a", "C0NOWHERE")).ShouldBeOfType<SurfaceResult.Failed>().Reason.ShouldContain("/invite");
        (await OpenAsync("b", "C0PRIVATE")).ShouldBeOfType<SurfaceResult.Failed>().Reason.ShouldContain("/invite");
        (await OpenAsync("c", "")).ShouldBeOfType<SurfaceResult.Failed>().Reason.ShouldContain("chat.to");
        (await EditAsync(null, "open")).ShouldBeOfType<SurfaceResult.Failed>();
        (await EditAsync($"{SlackWorkspace.Channel}/1.000001", "open")).ShouldBeOfType<SurfaceResult.Failed>().Reason.ShouldContain("deleted");
        var reference = await OpenedAsync();
        _ours.Slack.Break("chat.update", SlackFault.RateLimited);
        var later = (await EditAsync(reference, "open")).ShouldBeOfType<SurfaceResult.RetryLater>();
        (later.NotPosted, later.After).ShouldBe((true, TimeSpan.FromSeconds(1)));
        // until then nothing is asked of Slack
        var asked = _ours.Slack.Calls.Count;
        (await EditAsync(reference, "open")).ShouldBeOfType<SurfaceResult.RetryLater>().NotPosted.ShouldBeTrue();
        _ours.Slack.Calls.Count.ShouldBe(asked);
        _ours.Slack.IsDown = true;
        (await ReplyAsync(reference, "x", "x")).ShouldBeOfType<SurfaceResult.RetryLater>().NotPosted.ShouldBeFalse();
    }

    [Fact]
    public async Task One_message_a_second_a_channel_is_kept_to_without_Slack_having_to_say_so()
    {
        Workspace.Pace = TimeSpan.FromSeconds(1);
        var reference = await OpenedAsync();
        var results = await Task.WhenAll(Enumerable.Range(0, 3).Select(i => ReplyAsync(reference, $"p{i}", $"{i}")));
        results.ShouldAllBe(result => result is SurfaceResult.Posted);
        (await Task.WhenAll(Enumerable.Range(0, 12).Select(i => ReplyAsync(reference, $"q{i}", $"{i}")))).OfType<SurfaceResult.RetryLater>().ShouldAllBe(later => later.NotPosted && later.After > TimeSpan.FromSeconds(4));
    }

    [Fact]
    public async Task A_chart_is_uploaded_and_shown_in_the_reply_itself()
    {
        var reference = await OpenedAsync();
        var svg = "<svg xmlns='http://www.w3.org/2000/svg' width='40' height='20'><path d='M0 20 L40 0' stroke='red'/></svg>"u8.ToArray();
        var reply = new ReplyDelivery(12, "chart", "diagnosis", PlainText.Line("p99 rose", 100), Place, reference) { Attachments = [new ReplyAttachment("p99.svg", "image/svg+xml", svg, PlainText.Line("p99 of checkout <!here>", 100))] };
        (await _ours.Surface.PostReplyAsync(reply, Token)).ShouldBeOfType<SurfaceResult.Posted>();
        var message = Workspace.In(SlackWorkspace.Channel)[^1];
        var picture = message.Blocks!.OfType<JsonObject>().Single(block => (string?)block["type"] == "image");
        var file = Workspace.Files[(string)picture["slack_file"]!["id"]!];
        file.Name.ShouldBe("p99.png");
        file.Bytes.AsSpan(0, 4).ToArray().ShouldBe([0x89, (byte)'P', (byte)'N', (byte)'G']);
        ((string)picture["alt_text"]!).ShouldBe("p99 of checkout &lt;!here&gt;");
    }

    [Fact]
    public async Task A_long_answer_is_split_a_longer_one_is_a_file_and_neither_is_cut_or_doubled()
    {
        var words = string.Join('\n', Enumerable.Range(0, 1_500).Select(i => $"line {i} <&> of an answer"));
        (await AnswerAsync("long", words[..20_000])).ShouldBeOfType<SurfaceResult.Posted>();
        var parts = Workspace.In("C0OTHER");
        parts.Count.ShouldBeInRange(2, 3);
        string.Concat(parts.Select(part => part.Shown)).Replace("\n", "", StringComparison.Ordinal).ShouldBe(words[..20_000].Replace("\n", "", StringComparison.Ordinal));
        (await AnswerAsync("long", words[..20_000])).ShouldBeOfType<SurfaceResult.Posted>().AlreadyThere.ShouldBeTrue();
        Workspace.In("C0OTHER").Count.ShouldBe(parts.Count);

        _ours.Slack.Break("chat.postMessage", SlackFault.ServerError);
        (await AnswerAsync("longer", words)).ShouldBeOfType<SurfaceResult.RetryLater>();
        (await AnswerAsync("longer", words)).ShouldBeOfType<SurfaceResult.Posted>();
        var file = Workspace.In("C0OTHER").SelectMany(message => message.Files).ShouldHaveSingleItem();
        System.Text.Encoding.UTF8.GetString(file.Bytes).ShouldBe(words);
    }

    [Fact]
    public async Task An_answer_for_the_asker_alone_is_seen_by_nobody_else_with_a_handle_and_without()
    {
        var handle = new Uri(_ours.Slack.Url, $"respond/{SlackWorkspace.Channel}/{SlackWorkspace.Anna}").ToString();
        (await WhisperAsync("w1", handle)).ShouldBeOfType<SurfaceResult.Posted>();
        (await WhisperAsync("w2", null)).ShouldBeOfType<SurfaceResult.Posted>();
        // an address that is not Slack's is never called
        (await WhisperAsync("w3", "http://169.254.169.254/latest/meta-data")).ShouldBeOfType<SurfaceResult.Posted>();
        Workspace.Messages.Count.ShouldBe(3);
        Workspace.Messages.ShouldAllBe(message => message.OnlyFor == SlackWorkspace.Anna && message.Shown == "You may not approve this.");
        _ours.Slack.Calls.Count(call => call == "response_url").ShouldBe(1);
        _ours.Log.Text.ShouldNotContain("respond/");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_answer_to_where_the_bot_is_no_member_stands_in_the_conversation_with_the_asker(bool onlyAsker)
    {
        (await _ours.Surface.AnswerAsync(
            new AnswerDelivery("a1", new ChatPlace("slack", "C0PRIVATE"), PlainText.Line("PROP-1 waits", 100), onlyAsker, SlackWorkspace.Anna, ReplyHandle: null), Token)).ShouldBeOfType<SurfaceResult.Posted>();
        Workspace.Messages.ShouldHaveSingleItem().ShouldSatisfyAllConditions(message => message.Channel.ShouldBe(SlackWorkspace.Direct), message => message.Shown.ShouldBe("PROP-1 waits"));
    }

    [Fact]
    public async Task Decisions_and_forms_are_buttons_that_carry_no_more_than_they_must()
    {
        var answer = new AnswerDelivery("d", new ChatPlace("slack", "C0THIRD"), PlainText.Line("Proposed", 100), OnlyAsker: false, SlackWorkspace.Anna, ReplyHandle: null)
        {
            Decisions = [new ProposedDecision(7, 3, PlainText.Line("restart on checkout", 100), PlainText.Line("needs 2 of oncall", 100)), new ProposedDecision(8, 1, PlainText.Line("x", 9), PlainText.Line("y", 9)) { CanApprove = false }],
            Form = new AnswerForm(PlainText.Line("Run restart", 100), "run restart", [new AnswerField("service", PlainText.Line("Which", 100), true, null, [])]),
        };
        (await _ours.Surface.AnswerAsync(answer, Token)).ShouldBeOfType<SurfaceResult.Posted>();
        var buttons = Workspace.In("C0THIRD").Single().Blocks!.OfType<JsonObject>().Where(block => (string?)block["type"] == "actions").SelectMany(block => block["elements"]!.AsArray()).ToList();
        buttons.Select(button => ((string)button!["action_id"]!, (string)button["value"]!)).Take(3).ShouldBe([("opsbot.approve", "7/3"), ("opsbot.refuse", "7/3"), ("opsbot.refuse", "8/1")]);
        ((string)buttons[3]!["action_id"]!).ShouldBe("opsbot.form");
    }

    [Fact]
    public async Task A_cancelled_delivery_throws()
    {
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => _ours.Surface.OpenThreadAsync(new CardDelivery(1, "x", Card("open"), 1, Place), cancelled.Token));
        await Should.ThrowAsync<OperationCanceledException>(() => _ours.Surface.PostReplyAsync(new ReplyDelivery(1, "x", "state", PlainText.Line("x", 9), Place, "C/1"), cancelled.Token));
        Workspace.Messages.ShouldBeEmpty();
    }

    private Task<SurfaceResult> OpenAsync(string id, string channel = SlackWorkspace.Channel) => _ours.Surface.OpenThreadAsync(new CardDelivery(12, id, Card("open"), 1, new ChatPlace("slack", channel)), Token);

    private async Task<string> OpenedAsync() => (await OpenAsync("INC-12/open")).ShouldBeOfType<SurfaceResult.Posted>().ThreadReference!;

    private Task<SurfaceResult> EditAsync(string? thread, string state) => _ours.Surface.EditCardAsync(new CardDelivery(12, "INC-12/card/2", Card(state), 2, Place, thread), Token);

    private Task<SurfaceResult> ReplyAsync(string? thread, string id, string text) => _ours.Surface.PostReplyAsync(new ReplyDelivery(12, id, "state", PlainText.Line(text, CardLimits.Reply), Place, thread), Token);

    private Task<SurfaceResult> AnswerAsync(string id, string text) => _ours.Surface.AnswerAsync(
        new AnswerDelivery(id, new ChatPlace("slack", "C0OTHER"), PlainText.Block(text, 100_000), OnlyAsker: false, SlackWorkspace.Anna, ReplyHandle: null), Token);

    private Task<SurfaceResult> WhisperAsync(string id, string? handle) => _ours.Surface.AnswerAsync(
        new AnswerDelivery(id, Place, PlainText.Line("You may not approve this.", 100), OnlyAsker: true, SlackWorkspace.Anna, handle), Token);

    private Task<FindResult> FindAsync(string id, string kind, string? thread, DateTimeOffset sent) => _ours.Surface.FindAsync(new UncertainDelivery(id, kind, Place, thread, sent), Token);

    private static StatusCard Card(string state) => CardBuilder.Build(Some.DiagnosedThread()) with { State = state };
}
