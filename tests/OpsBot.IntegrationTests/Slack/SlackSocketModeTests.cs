using System.Text.Json;
using System.Text.Json.Nodes;
using OpsBot.Chat.Slack;
using OpsBot.Contracts;
using OpsBot.Contracts.Events;
using OpsBot.IntegrationTests.Slack.Simulator;
using OpsBot.IntegrationTests.Support;
using Shouldly;
using Xunit;

namespace OpsBot.IntegrationTests.Slack;

/// <summary>Socket Mode: nothing is acknowledged before it is committed, and no connection is let go before the next one stands.</summary>
public sealed class SlackSocketModeTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30), Short = TimeSpan.FromSeconds(2);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Everything_that_Bolt_takes_is_a_row_and_is_acknowledged()
    {
        await using var ours = await ConnectedAsync();
        var sockets = ours.Slack.Sockets;
        (await sockets.DeliverAsync("events_api", SlackPayloads.Mention("why &lt;INC-1&gt;"), Limit)).ShouldNotBeNull();
        (await sockets.DeliverAsync("events_api", SlackPayloads.Direct("help"), Limit)).ShouldNotBeNull();
        (await sockets.DeliverAsync("slash_commands", SlackPayloads.Slash("status"), Limit, acceptsResponse: true)).ShouldNotBeNull();
        (await sockets.DeliverAsync("interactive", SlackPayloads.Pressed("opsbot.refuse", "7/2"), Limit)).ShouldNotBeNull();
        (await sockets.DeliverAsync("events_api", SlackPayloads.BotPost("[RESOLVED] disk full"), Limit)).ShouldNotBeNull();
        // of a kind that nobody knows yet there is nothing to keep, and Slack need not send it again
        (await sockets.DeliverAsync("something_new", new JsonObject(), Limit)).ShouldNotBeNull();

        var chats = ours.Intake.Stored.SelectMany(delivery => delivery.Messages).Where(row => row.Kind == "chat.received").Select(row => JsonSerializer.Deserialize<ChatReceived>(row.Body, OpsBotJson.Options)!).ToList();
        chats.Select(chat => (chat.Way, chat.Text)).ShouldBe([(ChatWay.Mention, "why <INC-1>"), (ChatWay.Direct, "help"), (ChatWay.Command, "status"), (ChatWay.Button, "Approve")]);
        (chats[3].Choice!.Action, chats[3].Choice!.ProposalId, chats[3].Choice!.Version).ShouldBe(("refuse", 7, 2));
        ours.Intake.Stored.Count.ShouldBe(5);
        ours.Log.Text.ShouldNotContain("ticket=");
    }

    [Fact]
    public async Task An_envelope_is_acknowledged_only_after_its_row_is_committed()
    {
        await using var ours = await ConnectedAsync();
        ours.Intake.Close();
        var mention = SlackPayloads.Mention("status");
        (await ours.Slack.Sockets.DeliverAsync("events_api", mention, Short, envelopeId: "one")).ShouldBeNull();
        ours.Intake.Asked.ShouldBe(1);
        ours.Intake.Open();
        (await ours.Slack.Sockets.DeliverAsync("events_api", mention, Limit, envelopeId: "one", retry: 1)).ShouldNotBeNull();
        ours.Intake.Stored.Count.ShouldBe(1);
    }

    [Fact]
    public async Task What_could_not_be_stored_is_not_acknowledged_and_is_taken_when_it_comes_again()
    {
        await using var ours = await ConnectedAsync();
        ours.Intake.Fails = true;
        var mention = SlackPayloads.Mention("status");
        (await ours.Slack.Sockets.DeliverAsync("events_api", mention, Short)).ShouldBeNull();
        ours.Intake.Fails = false;
        (await ours.Slack.Sockets.DeliverAsync("events_api", mention, Limit, retry: 1)).ShouldNotBeNull();
        (await ours.Slack.Sockets.DeliverAsync("events_api", mention, Limit, retry: 2)).ShouldNotBeNull();
        ours.Intake.Stored.Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_directory_that_is_slow_holds_up_who_is_looked_up_and_nobody_elses_button()
    {
        await using var ours = await ConnectedAsync();
        var asked = ours.Slack.Trap.Arm("users.info/before", 1);
        var mention = ours.Slack.Sockets.DeliverAsync("events_api", SlackPayloads.Mention("status", user: "U0SLOW"), Limit);
        await asked.WaitAsync(Limit, TimeProvider.System, Token);
        (await ours.Slack.Sockets.DeliverAsync("interactive", SlackPayloads.Pressed("opsbot.refuse", "7/2"), Limit)).ShouldNotBeNull();
        (await mention).ShouldNotBeNull();
        ours.Slack.Trap.Release();
        ours.Intake.Stored.SelectMany(delivery => delivery.Messages).Select(row => JsonSerializer.Deserialize<ChatReceived>(row.Body, OpsBotJson.Options)!.Way).ShouldBe([ChatWay.Button, ChatWay.Mention]);
    }

    [Fact]
    public async Task After_a_warning_the_next_connection_stands_before_the_old_one_goes_and_both_are_read()
    {
        await using var ours = await ConnectedAsync();
        var (sockets, old) = (ours.Slack.Sockets, ours.Slack.Sockets.Open[0]);
        ours.Intake.Close();
        var slow = sockets.DeliverAsync("events_api", SlackPayloads.Mention("before"), Limit, old);
        while (ours.Intake.Asked == 0)
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, Token);
        ours.Intake.Open();
        await slow;
        await old.DisconnectAsync("warning");
        await Eventually(() => sockets.Opened == 2);
        (await sockets.DeliverAsync("events_api", SlackPayloads.Mention("after"), Limit, sockets.Open[^1])).ShouldNotBeNull();
        await Eventually(() => sockets.Open.Count == 1);
        ours.Intake.Stored.Count.ShouldBe(2);
        sockets.Opened.ShouldBe(2);
    }

    [Fact]
    public async Task It_comes_back_after_a_cut_a_close_and_a_refusal()
    {
        await using var ours = await ConnectedAsync();
        var sockets = ours.Slack.Sockets;
        await sockets.Open[0].CutAsync();
        await Eventually(() => sockets is { Opened: 2, Open.Count: 1 });
        await sockets.Open[0].CloseAsync();
        await Eventually(() => sockets is { Opened: 3, Open.Count: 1 });
        ours.Slack.Break("apps.connections.open", SlackFault.ServerError, SlackFault.RateLimited, SlackFault.AnswerLost);
        await sockets.Open[0].CutAsync();
        await Eventually(() => sockets is { Opened: 4, Open.Count: 1 });
        (await sockets.DeliverAsync("events_api", SlackPayloads.Mention("still there"), Limit)).ShouldNotBeNull();
    }

    [Fact]
    public async Task Two_hosts_share_the_envelopes_and_what_comes_twice_is_one_row_in_each()
    {
        await using var first = await ConnectedAsync();
        await using var second = await SlackUnderTest.StartAsync(Token, SlackMode.Socket, simulator: first.Slack);
        await Eventually(() => first.Slack.Sockets.Open.Count == 2);
        var mention = SlackPayloads.Mention("status");
        foreach (var socket in first.Slack.Sockets.Open)
            (await first.Slack.Sockets.DeliverAsync("events_api", mention, Limit, socket)).ShouldNotBeNull();
        first.Intake.Stored.Concat(second.Intake.Stored).Select(delivery => delivery.DeliveryKey).Distinct().ShouldHaveSingleItem();
        first.Intake.Stored.Count.ShouldBe(1);
        second.Intake.Stored.Count.ShouldBe(1);
    }

    [Fact]
    public async Task What_cannot_be_read_ends_nothing()
    {
        await using var ours = await ConnectedAsync();
        var socket = ours.Slack.Sockets.Open[0];
        await socket.SendAsync(new JsonObject { ["type"] = "events_api", ["envelope_id"] = "x", ["payload"] = new string('x', 1_100_000) });
        await socket.SendAsync(new JsonObject { ["no"] = "type" });
        await socket.SendAsync(new JsonObject { ["type"] = 7, ["envelope_id"] = new JsonArray() });
        (await ours.Slack.Sockets.DeliverAsync("events_api", new JsonObject { ["event"] = "text" }, Limit)).ShouldNotBeNull();
        (await ours.Slack.Sockets.DeliverAsync("events_api", SlackPayloads.Mention("status"), Limit)).ShouldNotBeNull();
        ours.Slack.Sockets.Opened.ShouldBe(1);
        ours.Intake.Stored.Count.ShouldBe(1);
    }

    private static async Task<SlackUnderTest> ConnectedAsync()
    {
        var ours = await SlackUnderTest.StartAsync(Token, SlackMode.Socket);
        await Eventually(() => ours.Slack.Sockets.Open.Count == 1);
        return ours;
    }

    private static Task Eventually(Func<bool> condition) => OpsBotProgram.UntilAsync(() => Task.FromResult(condition() ? "so" : null), "the connection", Token);
}
