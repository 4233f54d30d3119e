using System.Diagnostics;
using System.Text.Json.Nodes;
using OpsBot.IntegrationTests.Slack.Simulator;
using OpsBot.IntegrationTests.Support;
using Shouldly;
using Xunit;

namespace OpsBot.IntegrationTests.Slack;

/// <summary>The whole program with Slack as its only face: an incident from its alert to its end, and what a kill in the middle of a post leaves.</summary>
public sealed class SlackIncidentTests : IAsyncLifetime
{
    private const string Ben = "U0BEN";

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private readonly DataFolder _folder = new();
    private readonly AlertSender _alerts = new();
    private SlackSimulator _slack = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _slack = await SlackSimulator.StartAsync(Token);

    public async ValueTask DisposeAsync()
    {
        await _slack.DisposeAsync();
        _alerts.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task An_incident_is_driven_to_its_end_from_Slack_alone()
    {
        await using var serve = await OpsBotProcess.ServeAsync(_folder, Configuration(), Token);
        await Until("a connection", () => _slack.Sockets.Open.Count == 1);
        await _alerts.PostAsync(await serve.Webhooks, "checkout", Token);
        var card = await Until("a thread", () => Cards().FirstOrDefault());
        card.Shown.ShouldContain("checkout fails");

        await SayAsync("why", SlackWorkspace.Anna, card.Ts);
        await Until("an answer", () => In(card).FirstOrDefault(message => message.Shown.Contains("INC-1")));

        // who is not known may ask and change nothing
        await SayAsync("run change name=one outcome=good", "U0NOBODY", card.Ts);
        await Until("a refusal", () => Answered("U0NOBODY", card));
        _folder.Store.Count("select count(*) from proposals").ShouldBe(0);

        await SayAsync("run change name=one outcome=good", SlackWorkspace.Anna, card.Ts);
        var button = await Until("a button", () => Buttons(Cards()[0]).FirstOrDefault(each => (string)each["action_id"]! == "opsbot.approve"));
        await PressAsync(button, "U0NOBODY", card.Ts);
        await PressAsync(button, SlackWorkspace.Anna, card.Ts);
        await Until("two refusals", () => _slack.Workspace.Messages.Count(message => message.OnlyFor is "U0NOBODY" or SlackWorkspace.Anna) >= 2 ? "so" : null);
        Effects().ShouldBe(0);

        // pressed once, delivered three times, and pressed again
        var press = Press(button, Ben, card.Ts);
        for (var i = 0; i < 3; i++)
            (await _slack.Sockets.DeliverAsync("interactive", press, Limit)).ShouldNotBeNull();
        await PressAsync(button, Ben, card.Ts);
        await Until("the outcome on the card", () => Cards()[0].Shown.Contains("done and verified") ? "so" : null);
        Effects().ShouldBe(1);
        Buttons(Cards()[0]).ShouldBeEmpty();

        await _alerts.PostAsync(await serve.Webhooks, "checkout", Token, "resolved");
        await Until("the end on the card", () => Cards()[0].Shown.Contains("resolved") && Cards()[0].Edits > 2 ? "so" : null);
        Cards().ShouldHaveSingleItem().Ts.ShouldBe(card.Ts);
        _slack.Workspace.Messages.Count(message => message.ThreadTs is null && message.OnlyFor is null).ShouldBe(1);
        foreach (var secret in (string[])[SlackWorkspace.BotToken, SlackWorkspace.AppToken, "/respond/", "ticket="])
            serve.Errors.ShouldNotContain(secret);
    }

    [Theory]
    [InlineData("chat-sent", 1)]
    [InlineData("chat-posted", 1)]
    [InlineData("chat-sent", 2)]
    [InlineData("chat-posted", 2)]
    public async Task A_kill_in_the_middle_of_a_post_loses_nothing_and_doubles_nothing(string point, int which)
    {
        var config = Configuration();
        await using (var held = OpsBotProcess.Start(_folder, config, $"{point}:{which}"))
        {
            await _alerts.PostAsync(await held.Webhooks, "checkout", Token);
            (await held.Held.WaitAsync(OpsBotProgram.Patience, TimeProvider.System, Token)).ShouldBeTrue(held.Errors);
            using var process = Process.GetProcessById(held.Id);
            process.Kill();
            await process.WaitForExitAsync(Token);
        }

        await using var serve = await OpsBotProcess.ServeAsync(_folder, config, Token);
        await Until("everything to be posted", () => _folder.Store.Count("select count(*) from messages where kind in ('chat.post-card', 'chat.post-reply', 'thread.update-card', 'thread.post-reply') and handled_at is null and dead_at is null and due_at < unixepoch() * 1000") == 0
            && Cards().Count > 0 && In(Cards()[0]).Count > 0 ? "so" : null);
        Cards().Count.ShouldBe(1, Transcript());
        In(Cards()[0]).GroupBy(message => (string?)message.Metadata?["event_payload"]?["delivery_id"]).ShouldAllBe(same => same.Count() == 1, Transcript());
        _folder.Store.Count("select count(*) from messages where dead_at is not null").ShouldBe(0);
    }

    private string Transcript() => string.Join("\n---\n", _slack.Workspace.Messages.Select(message => $"{message.ThreadTs} {message.OnlyFor} {message.Metadata?.ToJsonString()} {message.Shown}"));

    private List<SlackMessage> Cards() => [.. _slack.Workspace.In(SlackWorkspace.Channel).Where(message => message.ThreadTs is null && message.OnlyFor is null)];

    private List<SlackMessage> In(SlackMessage card) => [.. _slack.Workspace.In(SlackWorkspace.Channel).Where(message => message.ThreadTs == card.Ts && message.OnlyFor is null)];

    private SlackMessage? Answered(string user, SlackMessage card) =>
        _slack.Workspace.In(SlackWorkspace.Channel).FirstOrDefault(message => message.OnlyFor == user && (message.ThreadTs is null || message.ThreadTs == card.Ts));

    private static IEnumerable<JsonObject> Buttons(SlackMessage message) =>
        (message.Blocks ?? []).Where(block => (string?)block!["type"] == "actions").SelectMany(block => block!["elements"]!.AsArray()).Select(element => element!.AsObject());

    private async Task SayAsync(string words, string who, string thread) =>
        (await _slack.Sockets.DeliverAsync("events_api", SlackPayloads.Mention(words, user: who, thread: thread), Limit)).ShouldNotBeNull();

    private async Task PressAsync(JsonObject button, string who, string card) => (await _slack.Sockets.DeliverAsync("interactive", Press(button, who, card), Limit)).ShouldNotBeNull();

    private JsonObject Press(JsonObject button, string who, string card) =>
        SlackPayloads.Pressed((string)button["action_id"]!, (string)button["value"]!, message: card, user: who, server: _slack.Url);

    private int Effects() => File.Exists(Path.Combine(_folder.Path, "effects")) ? File.ReadAllLines(Path.Combine(_folder.Path, "effects")).Length : 0;

    private static Task<T> Until<T>(string what, Func<T?> look)
        where T : class => OpsBotProgram.UntilAsync(() => Task.FromResult(look()), what, Token);

    private static Task Until(string what, Func<bool> condition) => Until(what, () => condition() ? "so" : null);

    private string Configuration()
    {
        _folder.Write("bot", SlackWorkspace.BotToken);
        _folder.Write("app", SlackWorkspace.AppToken);
        using (var resource = typeof(SlackIncidentTests).Assembly.GetManifestResourceStream("target.sh")!)
        using (var reader = new StreamReader(resource))
            _folder.Write("target.sh", reader.ReadToEnd(), executable: true);
        return _folder.Write("opsbot.yaml", $$"""
            {{AlertSender.Senders}}
            slack: { botToken: !file bot, appToken: !file app, apiUrl: "{{_slack.ApiUrl}}" }
            chat: { to: [slack:{{SlackWorkspace.Channel}}], editEvery: 0s }
            people:
              - { id: anna, name: Anna, roles: [oncall], identities: { email: [anna@example.com] } }
              - { id: ben, name: Ben, roles: [oncall], identities: { slack: [{{Ben}}] } }
            messages: { backoff: 100ms, abandonments: 100 }
            actions:
              catalog:
                change:
                  description: Change a thing
                  parameters:
                    name: { description: Which }
                    outcome: { type: choice, choices: [good, worse, fails, slow], description: What comes of it }
                  risk: reversible
                  target: thing/{name}
            """ + """

                  run: [./target.sh, run, "{name}", "{outcome}", "{state.version}"]
                  undo: [./target.sh, undo, "{name}", "{state.version}"]
                  probe: [./target.sh, probe, "{name}"]
                  state: [./target.sh, state, "{name}"]
                  health:
                    - { name: errors, command: [./target.sh, health, "{name}"], tolerance: 0.1, floor: 1, settle: 0s }
            """);
    }
}
