using System.Net;
using System.Text.Json;
using OpsBot.Chat.Slack.Incoming;
using OpsBot.Contracts;
using OpsBot.Contracts.Events;
using OpsBot.IntegrationTests.Slack.Simulator;
using Shouldly;
using Xunit;

namespace OpsBot.IntegrationTests.Slack;

/// <summary>Slack calling us: the statuses are those that Bolt gives to the very same requests, and what is refused leaves nothing behind.</summary>
public sealed class SlackHttpTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Requests_get_from_us_what_they_get_from_Slacks_own_receiver()
    {
        await using var ours = await SlackUnderTest.StartAsync(Token);
        using var http = new HttpClient();
        (await SlackRequests.StatusesAsync(http, ours.Url)).ShouldBe(SlackRequests.Expected, ignoreOrder: true);
        Kinds(ours).ShouldBe(["mention: status", "command: why", "button: Approve"]);
        ours.Intake.Refused.ShouldBe(6);
        ours.Log.Text.ShouldNotContain(SlackWorkspace.SigningSecret);
        ours.Log.Text.ShouldNotContain("xoxb-");
        ours.Log.Text.ShouldNotContain("hooks.slack.com");
    }

    [Fact]
    public async Task A_request_that_is_played_back_is_the_same_row()
    {
        await using var ours = await SlackUnderTest.StartAsync(Token);
        using var http = new HttpClient();
        var caller = new SlackCaller(http);
        var (mention, press, command, at) = (SlackPayloads.Mention("status"), SlackPayloads.Pressed("opsbot.approve", "7/1"), SlackPayloads.Slash("run restart"), TimeProvider.System.GetUtcNow());
        for (var i = 0; i < 3; i++)
        {
            (await caller.EventAsync(new Uri(ours.Url, "events"), mention, at)).StatusCode.ShouldBe(HttpStatusCode.OK);
            (await caller.InteractionAsync(new Uri(ours.Url, "interactivity"), press, at)).StatusCode.ShouldBe(HttpStatusCode.OK);
            (await caller.CommandAsync(new Uri(ours.Url, "commands"), command, at)).StatusCode.ShouldBe(HttpStatusCode.OK);
        }

        ours.Intake.Asked.ShouldBe(9);
        ours.Intake.Stored.Count.ShouldBe(3);
        (await caller.InteractionAsync(new Uri(ours.Url, "interactivity"), press, at - TimeSpan.FromSeconds(301))).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        ours.Intake.Asked.ShouldBe(9);
    }

    [Fact]
    public async Task Nothing_is_answered_200_before_it_is_committed_and_a_store_that_is_away_is_503_in_time()
    {
        await using var ours = await SlackUnderTest.StartAsync(Token);
        using var http = new HttpClient();
        var caller = new SlackCaller(http);
        ours.Intake.Close();
        var waiting = caller.EventAsync(new Uri(ours.Url, "events"), SlackPayloads.Mention("status"));
        while (ours.Intake.Asked == 0)
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, Token);
        waiting.IsCompleted.ShouldBeFalse();
        ours.Intake.Open();
        (await waiting).StatusCode.ShouldBe(HttpStatusCode.OK);

        ours.Intake.Close();
        (await caller.EventAsync(new Uri(ours.Url, "events"), SlackPayloads.Mention("status"))).StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        ours.Intake.Open();
        ours.Intake.Fails = true;
        (await caller.EventAsync(new Uri(ours.Url, "events"), SlackPayloads.Mention("status"))).StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        ours.Intake.Stored.Count.ShouldBe(1);
    }

    [Fact]
    public async Task What_is_too_large_or_broken_is_refused_and_nothing_is_stored()
    {
        await using var ours = await SlackUnderTest.StartAsync(Token);
        using var http = new HttpClient();
        var caller = new SlackCaller(http);
        var events = new Uri(ours.Url, "events");
        var huge = SlackPayloads.Mention(new string('x', SlackHttp.MaxBytes));
        (await caller.TooLargeAsync(events, huge)).ShouldBe(HttpStatusCode.RequestEntityTooLarge);
        // the same without saying how long it is
        (await caller.TooLargeAsync(events, huge, chunked: true)).ShouldBe(HttpStatusCode.RequestEntityTooLarge);
        (await caller.SendAsync(events, "no json", "application/json")).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await caller.SendAsync(events, new string('[', 5_000), "application/json")).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        foreach (var odd in (string[])["[]", "null", "7", "{}", """{"type":"event_callback"}""", """{"type":"event_callback","event_id":7,"event":[]}""", """{"type":"event_callback","event_id":"Ev1","event":{"type":"app_mention","channel":{},"user":1}}"""])
            (await caller.SendAsync(events, odd, "application/json")).StatusCode.ShouldBe(HttpStatusCode.OK, odd);
        foreach (var odd in (string[])["payload=[]", "payload={}", "", "payload=%7B%22type%22%3A%22block_actions%22%7D"])
            (await caller.SendAsync(new Uri(ours.Url, "interactivity"), odd, "application/x-www-form-urlencoded")).StatusCode.ShouldBe(HttpStatusCode.OK, odd);
        ours.Intake.Asked.ShouldBe(0);
    }

    [Theory]
    [InlineData("v0=")]
    [InlineData("v1=0000000000000000000000000000000000000000000000000000000000000000")]
    [InlineData("v0=zz00000000000000000000000000000000000000000000000000000000000000")]
    [InlineData("v0=0000000000000000000000000000000000000000000000000000000000000000")]
    public async Task A_forged_signature_is_refused_whatever_it_looks_like(string signature)
    {
        await using var ours = await SlackUnderTest.StartAsync(Token);
        using var http = new HttpClient();
        using var answer = await new SlackCaller(http).EventAsync(new Uri(ours.Url, "events"), SlackPayloads.Mention("status"), change: request =>
        {
            request.Headers.Remove("X-Slack-Signature");
            request.Headers.TryAddWithoutValidation("X-Slack-Signature", signature);
        });
        answer.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        (ours.Intake.Asked, ours.Intake.Refused).ShouldBe((0, 1));
    }

    [Fact]
    public async Task A_timestamp_from_the_future_is_refused_like_an_old_one()
    {
        await using var ours = await SlackUnderTest.StartAsync(Token);
        using var http = new HttpClient();
        var now = TimeProvider.System.GetUtcNow();
        foreach (var minutes in (int[])[-60 * 24 * 365, -6, 6, 60 * 24 * 365])
            (await new SlackCaller(http).EventAsync(new Uri(ours.Url, "events"), SlackPayloads.Mention("x"), now.AddMinutes(minutes))).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        ours.Intake.Asked.ShouldBe(0);
    }

    [Fact]
    public async Task Addresses_are_those_of_members_only_and_a_stranger_with_the_same_address_has_none()
    {
        await using var ours = await SlackUnderTest.StartAsync(Token);
        using var http = new HttpClient();
        var caller = new SlackCaller(http);
        await caller.EventAsync(new Uri(ours.Url, "events"), SlackPayloads.Mention("status"));
        await caller.EventAsync(new Uri(ours.Url, "events"), SlackPayloads.Mention("status", user: SlackWorkspace.Stranger));
        Chats(ours).Select(chat => (chat.Speaker.UserId, chat.Speaker.Email)).ShouldBe([(SlackWorkspace.Anna, "anna@example.com"), (SlackWorkspace.Stranger, null)]);
    }

    [Fact]
    public async Task We_do_not_listen_to_ourselves_nor_to_bots_outside_of_alert_channels()
    {
        await using var ours = await SlackUnderTest.StartAsync(Token);
        using var http = new HttpClient();
        var (caller, events) = (new SlackCaller(http), new Uri(ours.Url, "events"));
        await caller.EventAsync(events, SlackPayloads.Mention("loop", user: SlackWorkspace.Bot));
        await caller.EventAsync(events, SlackPayloads.BotPost("[FIRING] disk full", channel: SlackWorkspace.Channel));
        await caller.EventAsync(events, SlackPayloads.BotPost("our own", bot: SlackWorkspace.BotId));
        ours.Intake.Asked.ShouldBe(0);

        await caller.EventAsync(events, SlackPayloads.BotPost("[FIRING] disk full on db-1"));
        var row = ours.Intake.Stored.ShouldHaveSingleItem().Messages.ShouldHaveSingleItem();
        row.Kind.ShouldBe("alert.reported");
        JsonSerializer.Deserialize<AlertReported>(row.Body, OpsBotJson.Options)!.Title.ShouldBe("[FIRING] disk full on db-1");
    }

    [Fact]
    public async Task A_form_is_opened_at_once_and_comes_back_as_the_command_with_its_fields()
    {
        await using var ours = await SlackUnderTest.StartAsync(Token);
        using var http = new HttpClient();
        var caller = new SlackCaller(http);
        var trigger = SlackPayloads.Trigger();
        ours.Slack.Workspace.Locked(() => ours.Slack.Workspace.Triggers.Add(trigger));
        var form = """{"Title":"Restart","Command":"run restart","Fields":[{"Name":"service","Help":"Which","Required":true,"Value":null,"Choices":["checkout","cart"]},{"Name":"why","Help":"","Required":false,"Value":"<!channel> & *x*","Choices":[]}]}""";
        (await caller.InteractionAsync(new Uri(ours.Url, "interactivity"), SlackPayloads.Pressed("opsbot.form", form, message: "1700000000.000200", trigger: trigger))).StatusCode.ShouldBe(HttpStatusCode.OK);
        var view = ours.Slack.Workspace.Views.Values.ShouldHaveSingleItem();
        ours.Intake.Asked.ShouldBe(0);

        await caller.InteractionAsync(new Uri(ours.Url, "interactivity"), SlackPayloads.Submitted(view, new Dictionary<string, string> { ["service"] = "checkout", ["why"] = "slow" }));
        var chat = Chats(ours).ShouldHaveSingleItem();
        (chat.Way, chat.Text, chat.Place.Channel, chat.Place.Thread).ShouldBe((ChatWay.Form, "run restart", SlackWorkspace.Channel, "1700000000.000200"));
        chat.Choice!.Values.ShouldBe(new Dictionary<string, string> { ["service"] = "checkout", ["why"] = "slow" }, ignoreOrder: true);
    }

    private static IReadOnlyList<ChatReceived> Chats(SlackUnderTest ours) =>
        [.. ours.Intake.Stored.SelectMany(delivery => delivery.Messages).Where(row => row.Kind == "chat.received").Select(row => JsonSerializer.Deserialize<ChatReceived>(row.Body, OpsBotJson.Options)!)];

    private static IEnumerable<string> Kinds(SlackUnderTest ours) => Chats(ours).Select(chat => $"{chat.Way.ToString().ToLowerInvariant()}: {chat.Text}");
}
