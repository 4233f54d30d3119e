using System.Text.Json.Nodes;
using OpsBot.IntegrationTests.Slack.Simulator;
using OpsBot.IntegrationTests.Support;
using Shouldly;
using Xunit;

namespace OpsBot.IntegrationTests.Slack;

/// <summary>Whether our simulator behaves as Slack does is for Slack's own clients to say, before anything of ours is tested against it.</summary>
public sealed class SimulatorAgainstBoltTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_official_web_client_gets_what_the_documentation_states()
    {
        await using var slack = await SlackSimulator.StartAsync(Token);
        await using var client = await SlackClients.StartAsync(slack, Token, "webapi");
        var steps = (await client.AllAsync(Token)).ToDictionary(line => (string)line["step"]!, StringComparer.Ordinal);

        string[] fine = ["auth.test", "post", "reply", "update", "ephemeral", "history", "replies", "users.info", "upload"];
        fine.Where(step => (bool?)steps[step]["ok"] != true).Select(step => $"{step}: {steps[step]}").ShouldBeEmpty();
        Refused(steps).ShouldBe(new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["wrong token"] = "invalid_auth",
            ["no token"] = "not_authed",
            ["post too fast"] = "slack_webapi_rate_limited_error",
            ["post elsewhere"] = "channel_not_found",
            ["post uninvited"] = "not_in_channel",
            ["post nothing"] = "no_text",
            ["post too long a block"] = "invalid_blocks",
            ["post too many blocks"] = "invalid_blocks",
            ["post wrong metadata"] = "invalid_metadata_format",
            ["update nothing"] = "message_not_found",
            ["open with an old trigger"] = "expired_trigger_id",
            ["connect with a bot token"] = "not_allowed_token_type",
        }, ignoreOrder: true);

        ((int?)steps["post too fast"]["retryAfter"]).ShouldBe(1);
        ((string?)steps["post too long a block"]["messages"]?[0]).ShouldNotBeNull().ShouldContain("3000");
        ((string?)steps["history"]["answer"]?["messages"]?[0]?["metadata"]?["event_payload"]?["delivery_id"]).ShouldBe("one");
        ((string?)steps["replies"]["answer"]?["messages"]?[0]?["text"]).ShouldBe("edited");
        slack.Workspace.In("C0THIRD").ShouldHaveSingleItem().Files.ShouldHaveSingleItem().Bytes.ShouldBe("not really a picture"u8.ToArray());
        slack.Workspace.In(SlackWorkspace.Channel).Count(message => message.OnlyFor is null).ShouldBe(1);
    }

    [Fact]
    public async Task A_Bolt_app_in_Socket_Mode_receives_and_acknowledges_what_is_sent()
    {
        await using var slack = await SlackSimulator.StartAsync(Token);
        await using var bolt = await SlackClients.StartAsync(slack, Token, "socket");
        ((string?)(await bolt.NextAsync(Token))["got"]).ShouldBe("ready");

        (await slack.Sockets.DeliverAsync("events_api", SlackPayloads.Mention("status"), Limit)).ShouldNotBeNull();
        Said(await bolt.NextAsync(Token)).ShouldBe($"app_mention <@{SlackWorkspace.Bot}> status");
        (await slack.Sockets.DeliverAsync("events_api", SlackPayloads.Direct("help"), Limit)).ShouldNotBeNull();
        Said(await bolt.NextAsync(Token)).ShouldBe("message help");
        (await slack.Sockets.DeliverAsync("events_api", SlackPayloads.BotPost("disk full"), Limit)).ShouldNotBeNull();
        Said(await bolt.NextAsync(Token)).ShouldBe("message disk full");
        (await slack.Sockets.DeliverAsync("slash_commands", SlackPayloads.Slash("why INC-1"), Limit, acceptsResponse: true)).ShouldNotBeNull();
        Said(await bolt.NextAsync(Token)).ShouldBe("command why INC-1");
        (await slack.Sockets.DeliverAsync("interactive", SlackPayloads.Pressed("approve", "7/1"), Limit)).ShouldNotBeNull();
        (await bolt.NextAsync(Token)).ShouldSatisfyAllConditions(line => ((string?)line["action"]).ShouldBe("approve"), line => ((string?)line["value"]).ShouldBe("7/1"));
        (await slack.Sockets.DeliverAsync("interactive", SlackPayloads.Submitted(View(), new Dictionary<string, string> { ["service"] = "checkout" }), Limit, acceptsResponse: true)).ShouldNotBeNull();
        ((string?)(await bolt.NextAsync(Token))["values"]?["service"]?["service"]?["value"]).ShouldBe("checkout");
    }

    [Fact]
    public async Task A_Bolt_app_comes_back_after_a_warning_and_after_a_cut()
    {
        await using var slack = await SlackSimulator.StartAsync(Token);
        await using var bolt = await SlackClients.StartAsync(slack, Token, "socket");
        await bolt.NextAsync(Token);

        await slack.Sockets.Open[0].DisconnectAsync("warning");
        await Eventually(() => slack.Sockets is { Opened: 2, Open.Count: 1 });
        (await slack.Sockets.DeliverAsync("events_api", SlackPayloads.Mention("after the warning"), Limit)).ShouldNotBeNull();

        await slack.Sockets.Open[0].CutAsync();
        await Eventually(() => slack.Sockets is { Opened: 3, Open.Count: 1 });
        (await slack.Sockets.DeliverAsync("events_api", SlackPayloads.Mention("after the cut"), Limit)).ShouldNotBeNull();
        Said(await bolt.NextAsync(Token)).ShouldEndWith("after the warning");
        Said(await bolt.NextAsync(Token)).ShouldEndWith("after the cut");
    }

    [Fact]
    public async Task A_Bolt_app_over_HTTP_takes_what_is_signed_and_nothing_else()
    {
        await using var slack = await SlackSimulator.StartAsync(Token);
        var port = ServerProcess.FreePort();
        await using var bolt = await SlackClients.StartAsync(slack, Token, "http", port.ToString(System.Globalization.CultureInfo.InvariantCulture));
        await bolt.NextAsync(Token);
        using var http = new HttpClient();
        var base_ = new Uri($"http://127.0.0.1:{port}/slack/");

        (await SlackRequests.StatusesAsync(http, base_)).ShouldBe(SlackRequests.Expected, ignoreOrder: true);
        Said(await bolt.NextAsync(Token)).ShouldBe($"app_mention <@{SlackWorkspace.Bot}> status");
        Said(await bolt.NextAsync(Token)).ShouldBe("command why");
        ((string?)(await bolt.NextAsync(Token))["action"]).ShouldBe("opsbot.approve");
    }

    private static JsonObject View() => new()
    {
        ["id"] = "V1",
        ["type"] = "modal",
        ["callback_id"] = "opsbot.form",
        ["title"] = new JsonObject { ["type"] = "plain_text", ["text"] = "Run" },
        ["blocks"] = new JsonArray(),
        ["hash"] = "1.x",
    };

    private static string Said(JsonObject line) => $"{line["got"]} {line["text"]}";

    private static Dictionary<string, string> Refused(Dictionary<string, JsonObject> steps) =>
        steps.Where(step => (bool?)step.Value["ok"] != true).ToDictionary(step => step.Key, step => (string)step.Value["error"]!, StringComparer.Ordinal);

    private static Task Eventually(Func<bool> condition) => OpsBotProgram.UntilAsync(() => Task.FromResult(condition() ? "so" : null), "the connection", Token);
}
