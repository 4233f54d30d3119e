using System.Diagnostics;
using System.Net;
using OpsBot.IntegrationTests.Slack.Simulator;
using OpsBot.IntegrationTests.Support;
using Shouldly;
using Xunit;

namespace OpsBot.IntegrationTests.Slack;

/// <summary>The real program with Slack configured: what was said is in its store before Slack is told, and what was forged leaves no trace there.</summary>
public sealed class SlackServeTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Over_Socket_Mode_what_was_acknowledged_outlives_a_kill_and_what_comes_again_is_one_row()
    {
        await using var slack = await SlackSimulator.StartAsync(Token);
        using var folder = new DataFolder();
        var config = Configuration(folder, slack, "appToken: !file app");
        var mention = SlackPayloads.Mention("status");
        await using (var serve = await OpsBotProcess.ServeAsync(folder, config, Token))
        {
            await Eventually(() => slack.Sockets.Open.Count == 1);
            (await slack.Sockets.DeliverAsync("events_api", mention, Limit)).ShouldNotBeNull();
            using var process = Process.GetProcessById(serve.Id);
            process.Kill();
            await process.WaitForExitAsync(Token);
            NoSecrets(serve.Errors);
        }

        folder.Store.Count("select count(*) from messages where kind = 'chat.received'").ShouldBe(1);
        await using (await OpsBotProcess.ServeAsync(folder, config, Token))
        {
            await Eventually(() => slack.Sockets.Open.Count == 1);
            (await slack.Sockets.DeliverAsync("events_api", mention, Limit, retry: 1)).ShouldNotBeNull();
            (await slack.Sockets.DeliverAsync("events_api", SlackPayloads.BotPost("[FIRING] disk full on db-1"), Limit)).ShouldNotBeNull();
            await Eventually(() => folder.Store.Count("select count(*) from incidents") == 1);
        }

        folder.Store.Count("select count(*) from messages where kind = 'chat.received'").ShouldBe(1);
        folder.Store.Lines("select title from incidents").ShouldHaveSingleItem().ShouldContain("disk full on db-1");
    }

    [Fact]
    public async Task Over_HTTP_nothing_forged_old_or_oversized_is_in_the_store_and_what_is_Slacks_is_there_once()
    {
        await using var slack = await SlackSimulator.StartAsync(Token);
        using var folder = new DataFolder();
        await using var serve = await OpsBotProcess.ServeAsync(folder, Configuration(folder, slack, "mode: http", "signingSecret: !file signing"), Token);
        var at = new Uri(await serve.Webhooks, "/slack/");
        using var http = new HttpClient();
        (await SlackRequests.StatusesAsync(http, at)).ShouldBe(SlackRequests.Expected, ignoreOrder: true);
        var (caller, press, now) = (new SlackCaller(http), SlackPayloads.Pressed("opsbot.approve", "7/1"), TimeProvider.System.GetUtcNow());
        for (var i = 0; i < 3; i++)
            (await caller.InteractionAsync(new Uri(at, "interactivity"), press, now)).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await caller.TooLargeAsync(new Uri(at, "events"), SlackPayloads.Mention(new string('x', 2 << 20)))).ShouldBe(HttpStatusCode.RequestEntityTooLarge);
        folder.Store.Count("select count(*) from messages where source = 'slack'").ShouldBe(4);
        folder.Store.Count("select count(*) from messages where instr(body, 'forged') > 0").ShouldBe(0);
        NoSecrets(serve.Errors);
    }

    [Fact]
    public async Task The_doctor_says_whether_Slack_takes_the_tokens()
    {
        await using var slack = await SlackSimulator.StartAsync(Token);
        using var folder = new DataFolder();
        var good = await OpsBotProgram.RunAsync(folder, Token, "doctor", "--config", Configuration(folder, slack, "appToken: !file app"));
        good.Output.ShouldContain("ok   slack: opsbot in Sim, Socket Mode can be opened");
        folder.Write("bot", "xoxb-wrong-wrong-wrong");
        var bad = await OpsBotProgram.RunAsync(folder, Token, "doctor", "--config", Configuration(folder, slack, "appToken: !file app", bot: false));
        bad.Output.ShouldContain("BAD  slack: auth.test: Slack does not take the token (invalid_auth)");
        bad.ToString().ShouldNotContain("xoxb-wrong");
        bad.ExitCode.ShouldBe(1);
    }

    private static string Configuration(DataFolder folder, SlackSimulator slack, string one, string two = "lookUpEmails: true", bool bot = true)
    {
        if (bot)
            folder.Write("bot", SlackWorkspace.BotToken);
        folder.Write("app", SlackWorkspace.AppToken);
        folder.Write("signing", SlackWorkspace.SigningSecret);
        return folder.Write("opsbot.yaml", $"""
            slack:
              botToken: !file bot
              {one}
              {two}
              alertChannels: [{SlackWorkspace.Alerts}]
              apiUrl: {slack.ApiUrl}
            """);
    }

    private static void NoSecrets(string errors)
    {
        foreach (var secret in (string[])[SlackWorkspace.BotToken, SlackWorkspace.AppToken, SlackWorkspace.SigningSecret, "hooks.slack.com", "ticket="])
            errors.ShouldNotContain(secret);
    }

    private static Task Eventually(Func<bool> condition) => OpsBotProgram.UntilAsync(() => Task.FromResult(condition() ? "so" : null), "Slack", Token);
}
