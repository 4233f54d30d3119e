using System.Text.Json.Nodes;
using OpsBot.IntegrationTests.Actions;
using OpsBot.IntegrationTests.Chat;
using OpsBot.IntegrationTests.Slack.Simulator;
using OpsBot.IntegrationTests.Support;
using Shouldly;
using Xunit;

namespace OpsBot.IntegrationTests.Slack;

/// <summary>The whole program with Slack as its only face: an incident from its alert to its end, as people in the channel see it.</summary>
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
        await Until("a diagnosis", () => In(card).FirstOrDefault());
        var transcript = new Transcript(Seen, IsAtRest);
        await transcript.StepAsync("An alert comes in", Token);

        await SayAsync("why", SlackWorkspace.Anna, card.Ts);
        await Until("an answer", () => In(card).Count > 1);
        await transcript.StepAsync("Anna says: why", Token);

        // who is not known may ask and change nothing
        await SayAsync("run change name=one outcome=good", "U0NOBODY", card.Ts);
        await Until("a refusal", () => Answered("U0NOBODY", card));
        _folder.Store.Count("select count(*) from proposals").ShouldBe(0);
        await transcript.StepAsync("A stranger says: run change name=one outcome=good", Token);

        await AskByFormAsync(transcript);
        var button = await Until("a button", () => Buttons(Cards()[0]).FirstOrDefault(each => (string)each["action_id"]! == "opsbot.approve"));
        await transcript.StepAsync("Anna sends the form", Token);
        await PressAsync(button, "U0NOBODY", card.Ts);
        await PressAsync(button, SlackWorkspace.Anna, card.Ts);
        await Until("two refusals", () => _slack.Workspace.Messages.Count(message => message.OnlyFor is "U0NOBODY" or SlackWorkspace.Anna) >= 2 ? "so" : null);
        Effects().ShouldBe(0);
        await transcript.StepAsync("The stranger and Anna press Approve", Token);

        // pressed once, delivered three times, and pressed again
        var press = Press(button, Ben, card.Ts);
        for (var i = 0; i < 3; i++)
            (await _slack.Sockets.DeliverAsync("interactive", press, Limit)).ShouldNotBeNull();
        await PressAsync(button, Ben, card.Ts);
        await Until("the outcome on the card", () => Cards()[0].Shown.Contains("done and verified") ? "so" : null);
        Effects().ShouldBe(1);
        Buttons(Cards()[0]).ShouldBeEmpty();
        await transcript.StepAsync("Ben presses Approve, twice, and Slack delivers the first three times", Token);

        await _alerts.PostAsync(await serve.Webhooks, "checkout", Token, "resolved");
        await Until("the end on the card", () => Cards()[0].Shown.Contains("resolved") && Cards()[0].Edits > 2 ? "so" : null);
        await transcript.StepAsync("The alert is over", Token);
        transcript.Check("incident-on-slack");
        Cards().ShouldHaveSingleItem().Ts.ShouldBe(card.Ts);
        _slack.Workspace.Messages.Count(message => message.ThreadTs is null && message.OnlyFor is null).ShouldBe(1);
        foreach (var secret in (string[])[SlackWorkspace.BotToken, SlackWorkspace.AppToken, "/respond/", "ticket="])
            serve.Errors.ShouldNotContain(secret);
    }

    /// <summary>A slash command with an argument missing opens the form while its trigger lives; what is sent from it is the proposal.</summary>
    private async Task AskByFormAsync(Transcript transcript)
    {
        var (stranger, anna) = (SlackPayloads.Trigger(), SlackPayloads.Trigger());
        _slack.Workspace.Locked(() => _slack.Workspace.Triggers.Add(stranger) && _slack.Workspace.Triggers.Add(anna));
        foreach (var (who, trigger) in new[] { ("U0NOBODY", stranger), (SlackWorkspace.Anna, anna) })
        {
            var payload = SlackPayloads.Slash("run change INC-1 name=one", user: who, server: _slack.Url, trigger: trigger);
            (await _slack.Sockets.DeliverAsync("slash_commands", payload, TimeSpan.FromSeconds(3), acceptsResponse: true)).ShouldNotBeNull("Slack waits for three seconds");
        }

        var view = await Until("a form", () => _slack.Workspace.Locked(() => _slack.Workspace.Views.Values.SingleOrDefault()));
        _slack.Calls.Count(call => call == "views.open").ShouldBe(1);
        await transcript.StepAsync("The stranger and Anna say: /ops run change INC-1 name=one", Token);
        _folder.Store.Count("select count(*) from proposals").ShouldBe(0);
        (await _slack.Sockets.DeliverAsync("interactive", SlackPayloads.Submitted(view, new Dictionary<string, string> { ["name"] = "one", ["outcome"] = "good" }), Limit, acceptsResponse: true)).ShouldNotBeNull();
    }

    private List<Seen> Seen() =>
    [
        .. _slack.Workspace.Locked(() => _slack.Workspace.Views.Values.ToList()).Select(view => new Seen((string)view["id"]!, "Anna", "form", FormText(view), [(string)view["submit"]!["text"]!])),
        .. _slack.Workspace.In(SlackWorkspace.Channel).Select(message => new Seen(
            message.Ts,
            message.OnlyFor switch { null => "all", SlackWorkspace.Anna => "Anna", Ben => "Ben", _ => "the stranger" },
            message.ThreadTs is null && message.OnlyFor is null ? "card" : ((string?)message.Metadata?["event_payload"]?["delivery_id"])?.StartsWith("INC-", StringComparison.Ordinal) == true ? "reply" : "answer",
            message.Shown,
            [.. Buttons(message).Select(button => (string)button["text"]!["text"]!)])),
    ];

    private static string FormText(JsonObject view) => string.Join('\n', view["blocks"]!.AsArray().Select(block =>
        (string?)block!["label"]?["text"] is { } label ? $"{label}: {(string?)block["element"]!["initial_value"] ?? (string?)block["element"]!["initial_option"]?["value"] ?? "…"} ({(string?)block["hint"]?["text"]})" : (string)block["text"]!["text"]!).Prepend((string)view["title"]!["text"]!));

    private bool IsAtRest() => _folder.Store.Count("select count(*) from messages where handled_at is null and dead_at is null and due_at < (unixepoch() + 5) * 1000") == 0;

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
        ThingToChange.WriteProgram(_folder);
        return _folder.Write("opsbot.yaml", $$"""
            {{AlertSender.Senders}}
            slack: { botToken: !file bot, appToken: !file app, apiUrl: "{{_slack.ApiUrl}}" }
            chat: { to: [slack:{{SlackWorkspace.Channel}}], editEvery: 0s }
            people:
              - { id: anna, name: Anna, roles: [oncall], identities: { email: [anna@example.com] } }
              - { id: ben, name: Ben, roles: [oncall], identities: { slack: [{{Ben}}] } }
            messages: { backoff: 100ms, abandonments: 100 }

            """ + ThingToChange.Section);
    }
}
