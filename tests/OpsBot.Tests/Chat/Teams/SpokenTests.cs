using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using OpsBot.Contracts.Events;
using OpsBot.Contracts.Ports;
using OpsBot.Contracts.Threads;

namespace OpsBot.Tests.Chat.Teams;

/// <summary>What people say and press in Teams becomes what the rest of OpsBot reads.</summary>
public sealed class SpokenTests
{
    [Fact]
    public async Task A_mention_in_a_thread_is_a_command_of_that_person_in_that_thread()
    {
        var said = await SaidAsync(SomeActivity.Mention("run restart &amp; wait"));
        said.ShouldNotBeNull();
        said.Surface.ShouldBe("teams");
        said.Way.ShouldBe(ChatWay.Mention);
        said.Text.ShouldBe("run restart & wait");
        said.Speaker.ShouldBe(new ChatSpeaker(SomeActivity.Ada, TeamsSide.Tenant, "Ada Okafor"));
        said.Place.ShouldBe(new ChatPlace("teams", SomeActivity.Channel, SomeActivity.Root));
        said.At.ShouldBe(new DateTimeOffset(2026, 11, 22, 3, 14, 0, TimeSpan.Zero));
    }

    [Theory]
    [InlineData("""{"opsbot":"decide","decision":"\ud800","proposal":7,"version":2}""")]
    [InlineData("""{"opsbot":"\udc00"}""")]
    [InlineData("""{"opsbot":"decide","decision":"approve","proposal":7,"version":2,"in.reason":"\ud800"}""")]
    [InlineData("""{"opsbot":"decide","decision":"approve","proposal":7,"version":2,"in.\ud800":"x"}""")]
    [InlineData("""{"opsbot":"form","command":"\ud83d"}""")]
    public async Task A_button_whose_client_sends_half_characters_is_refused_as_unreadable_and_nothing_is_stored(string data)
    {
        await using var app = await TeamsApp.StartAsync();
        var activity = SomeActivity.Invoke(new JsonObject { ["mark"] = 1 }).ToJsonString().Replace("""{"mark":1}""", data, StringComparison.Ordinal);
        activity.ShouldContain(data);
        using var answer = await app.SendAsync(Encoding.UTF8.GetBytes(activity), app.Side.Key.Token(TokenMaker.Claims(app.Clock.GetUtcNow())));
        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        app.Received.ShouldBeEmpty();
    }

    [Fact]
    public async Task Words_in_a_chat_with_the_bot_need_no_mention()
    {
        var said = await SaidAsync(SomeActivity.Direct("  help "));
        said.ShouldNotBeNull().Way.ShouldBe(ChatWay.Direct);
        said.Text.ShouldBe("help");
        said.Place.ShouldBe(new ChatPlace("teams", "a:1chat"));
    }

    [Fact]
    public async Task A_group_chat_is_a_place_without_threads()
    {
        var activity = SomeActivity.Mention().With(
            "conversation", new JsonObject { ["id"] = "19:chat@thread.v2", ["conversationType"] = "groupChat", ["tenantId"] = TeamsSide.Tenant });
        (await SaidAsync(activity)).ShouldNotBeNull().Place.ShouldBe(new ChatPlace("teams", "19:chat@thread.v2"));
    }

    [Fact]
    public async Task Words_in_a_channel_that_do_not_mention_the_bot_are_nobodys_command()
    {
        (await SaidAsync(SomeActivity.Message("status"))).ShouldBeNull();
        (await SaidAsync(SomeActivity.Message("<at>OpsBot</at> status"))).ShouldBeNull("the tag was typed; the mention is the entity");
        var other = SomeActivity.Message("<at>Grace</at> status").With("entities", new JsonArray(SomeActivity.MentionOf("29:grace", "Grace")));
        (await SaidAsync(other)).ShouldBeNull();
    }

    [Fact]
    public async Task Somebody_elses_name_stays_among_the_words()
    {
        var activity = SomeActivity.Message("<at>OpsBot</at> ack for <at>Grace &lt;b&gt;</at>").With(
            "entities", new JsonArray(SomeActivity.Bot(), SomeActivity.MentionOf("29:grace", "Grace &lt;b&gt;")));
        (await SaidAsync(activity)).ShouldNotBeNull().Text.ShouldBe("ack for @Grace <b>");
    }

    [Theory]
    [InlineData("approve")]
    [InlineData("refuse")]
    public async Task A_button_is_a_choice_of_one_version_of_one_proposal(string decision)
    {
        var said = await SaidAsync(SomeActivity.Press(decision, reason: "  not now\u0007 "));
        said.ShouldNotBeNull().Way.ShouldBe(ChatWay.Button);
        said.Choice.ShouldNotBeNull().Action.ShouldBe(decision);
        (said.Choice.ProposalId, said.Choice.Version).ShouldBe((7, 2));
        said.Choice.Values.ShouldBe(new Dictionary<string, string> { ["reason"] = "not now\uFFFD" });
        said.Text.ShouldBe(decision);
    }

    [Fact]
    public async Task A_client_without_Execute_submits_and_means_the_same()
    {
        var pressed = await SaidAsync(SomeActivity.Press());
        var submitted = await SaidAsync(SomeActivity.Message("").With(
            "value", new JsonObject { ["opsbot"] = "decide", ["decision"] = "approve", ["proposal"] = 7, ["version"] = 2 }));
        submitted.ShouldNotBeNull().Choice.ShouldNotBeNull().ShouldBeEquivalentTo(pressed!.Choice);
        submitted.Way.ShouldBe(ChatWay.Button);
    }

    [Fact]
    public async Task A_form_brings_its_fields_and_the_command_that_they_complete()
    {
        var said = await SaidAsync(SomeActivity.Invoke(new JsonObject
        {
            ["opsbot"] = "form",
            ["command"] = "run restart",
            ["in.service"] = "checkout",
            ["in.empty"] = "",
            ["service"] = "not an input",
            ["in.list"] = new JsonArray("x"),
        }));
        said.ShouldNotBeNull().Way.ShouldBe(ChatWay.Form);
        said.Text.ShouldBe("run restart");
        said.Choice!.Action.ShouldBe("run");
        said.Choice.Values.ShouldBe(new Dictionary<string, string> { ["service"] = "checkout" });
    }

    public static TheoryData<string> StrangeButtons => [
        """{"opsbot":"decide","decision":"approve","proposal":7}""", """{"opsbot":"decide","decision":"approve","proposal":"7","version":2}""",
        """{"opsbot":"decide","decision":"run","proposal":7,"version":2}""", """{"opsbot":"decide","decision":"approve","proposal":-7,"version":2}""",
        """{"opsbot":"decide","decision":"approve","proposal":7,"version":99999999999}""", """{"opsbot":"form"}""", """{"opsbot":"form","command":""}""", "{}",
    ];

    [Theory]
    [MemberData(nameof(StrangeButtons))]
    public async Task A_button_that_is_not_ours_is_answered_and_not_stored(string data)
    {
        await using var app = await TeamsApp.StartAsync();
        using var answer = await app.SendAsync(SomeActivity.Invoke((JsonObject)JsonNode.Parse(data)!));
        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await BodyAsync(answer)).GetProperty("statusCode").GetInt32().ShouldBe(400);
        app.Intake.Deliveries.ShouldBeEmpty();
    }

    [Fact]
    public async Task Whoever_presses_is_told_at_once_that_it_was_taken()
    {
        await using var app = await TeamsApp.StartAsync();
        var body = await BodyAsync(await app.SendAsync(SomeActivity.Press()));
        body.GetProperty("statusCode").GetInt32().ShouldBe(200);
        body.GetProperty("type").GetString().ShouldBe("application/vnd.microsoft.activity.message");
        body.GetProperty("value").GetString().ShouldBe("Taken: approve PROP-7 v2. The card shows what comes of it.");
    }

    [Fact]
    public async Task It_is_answered_only_after_it_is_committed()
    {
        await using var app = await TeamsApp.StartAsync();
        var commit = new TaskCompletionSource();
        app.Intake.Commit = commit.Task;
        var sending = app.SendAsync(SomeActivity.Press());
        app.Intake.Deliveries.ShouldBeEmpty();
        sending.IsCompleted.ShouldBeFalse();
        commit.SetResult();
        (await sending).StatusCode.ShouldBe(HttpStatusCode.OK);
        app.Received.ShouldHaveSingleItem();
    }

    [Fact]
    public async Task A_store_that_fails_is_told_to_the_person_and_not_acknowledged()
    {
        await using var app = await TeamsApp.StartAsync();
        app.Intake.Fault = new InvalidOperationException("disk full");
        (await app.SendAsync(SomeActivity.Press())).StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        app.Intake.Fault = new IntakeOverloadedException(TimeSpan.FromSeconds(3));
        (await app.SendAsync(SomeActivity.Press())).StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        app.Intake.Fault = null;
        (await app.SendAsync(SomeActivity.Press())).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Theory]
    [InlineData("conversationUpdate")]
    [InlineData("installationUpdate")]
    [InlineData("messageReaction")]
    [InlineData("typing")]
    [InlineData("messageUpdate")]
    public async Task What_nobody_said_is_taken_and_not_stored(string type)
    {
        await using var app = await TeamsApp.StartAsync();
        (await app.SendAsync(SomeActivity.Mention().With("type", type))).StatusCode.ShouldBe(HttpStatusCode.OK);
        app.Intake.Deliveries.ShouldBeEmpty();
    }

    [Fact]
    public async Task The_words_of_a_bot_are_nobodys_command()
    {
        var other = SomeActivity.Mention();
        other["from"]!["id"] = "28:another-bot";
        (await SaidAsync(other)).ShouldBeNull();
    }

    [Fact]
    public async Task A_body_that_is_too_large_or_no_activity_is_turned_away()
    {
        await using var app = await TeamsApp.StartAsync();
        var token = app.Side.Key.Token(TokenMaker.Claims(app.Clock.GetUtcNow()));
        (await app.SendAsync(SomeActivity.Mention(new string('x', 300_000)))).StatusCode.ShouldBe(HttpStatusCode.RequestEntityTooLarge);
        foreach (var body in new[] { "", "[]", "null", "{", "\"x\"", """{"type":"message","type":"invoke"}""", $"{new string('[', 500)}" })
            (await app.SendAsync(Encoding.UTF8.GetBytes(body), token)).StatusCode.ShouldBe(HttpStatusCode.BadRequest, body);
        (await app.SendAsync("{}"u8.ToArray(), token, request => request.Content!.Headers.ContentType!.MediaType = "text/plain")).StatusCode.ShouldBe(HttpStatusCode.UnsupportedMediaType);
        (await app.SendAsync(SomeActivity.Mention().With("id", null))).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await app.SendAsync(SomeActivity.Mention().With("from", new JsonObject { ["id"] = "29:a\n" }))).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await app.SendAsync(SomeActivity.Press().With("name", "composeExtension/query"))).StatusCode.ShouldBe(HttpStatusCode.NotImplemented);
        app.Intake.Deliveries.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_long_message_is_cut_and_a_long_id_still_names_it()
    {
        var said = await SaidAsync(SomeActivity.Mention(new string('x', 50_000)).With("id", new string('1', 400)));
        said.ShouldNotBeNull().Text.Length.ShouldBeInRange(3_990, 4_000);
        said.EventId.Length.ShouldBe(64);
    }

    private static async Task<ChatReceived?> SaidAsync(JsonObject activity)
    {
        await using var app = await TeamsApp.StartAsync();
        using var answer = await app.SendAsync(activity);
        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        app.Received.ShouldAllBe(said => app.Intake.Deliveries.Single().DeliveryKey == said.EventId && app.Intake.Deliveries.Single().Messages[0].Stream == said.Stream);
        return app.Received.SingleOrDefault();
    }

    private static Task<JsonElement> BodyAsync(HttpResponseMessage answer) =>
        answer.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken);
}
