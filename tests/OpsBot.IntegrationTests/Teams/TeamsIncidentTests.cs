using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using OpsBot.IntegrationTests.Actions;
using OpsBot.IntegrationTests.Chat;
using OpsBot.IntegrationTests.Support;
using OpsBot.Tests.Chat.Teams;
using Shouldly;
using Xunit;

namespace OpsBot.IntegrationTests.Teams;

/// <summary>The whole program with Teams as its only face, tokens and all: an incident from its alert to its end, as people in the channel see it.</summary>
public sealed class TeamsIncidentTests : IAsyncLifetime
{
    private readonly DataFolder _folder = new();
    private readonly AlertSender _alerts = new();
    private TeamsCloud _teams = null!;
    private Uri _to = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _teams = await TeamsCloud.StartAsync(Token);
        // of Anna only the directory says who she is; the stranger is a guest whom others call as they like
        _teams.Connector.Roster[TeamsPerson.Anna.Id] = TeamsPerson.Anna.Member("anna@example.com");
        _teams.Connector.Roster[TeamsPerson.Stranger.Id] = TeamsPerson.Stranger.Member("anna@example.com", "guest");
    }

    public async ValueTask DisposeAsync()
    {
        await _teams.DisposeAsync();
        _alerts.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task An_incident_is_driven_to_its_end_from_Teams_alone()
    {
        await using var serve = await OpsBotProcess.ServeAsync(_folder, Configuration(), Token);
        _to = await serve.Webhooks;
        // the bot is added to the team, and told so where the team really is
        await _teams.AddedAsync(_to, TeamsCloud.Channel, Token);
        await _alerts.PostAsync(_to, "checkout", Token);
        var card = await Until("a thread", () => Cards().FirstOrDefault());
        await Until("a diagnosis", () => In(card).FirstOrDefault());
        var transcript = new Transcript(Seen, IsAtRest);
        await transcript.StepAsync("An alert comes in", Token);

        await SayAsync("why", TeamsPerson.Anna, card);
        await Until("an answer", () => In(card).Count > 1);
        await transcript.StepAsync("Anna says: why", Token);

        await SayAsync("run change name=one outcome=good", TeamsPerson.Stranger, card);
        await Until("a refusal", () => Alone(TeamsPerson.Stranger));
        _folder.Store.Count("select count(*) from proposals").ShouldBe(0);
        await transcript.StepAsync("A guest who is called as Anna is says: run change name=one outcome=good", Token);

        await SayAsync("run change name=one outcome=good", TeamsPerson.Anna, card);
        var approve = await Until("a button", () => Button(Cards()[0], "approve"));
        await transcript.StepAsync("Anna says: run change name=one outcome=good", Token);

        await PressAsync(_teams.Press(approve, TeamsPerson.Stranger, card.Conversation));
        await PressAsync(_teams.Press(approve, TeamsPerson.Anna, card.Conversation));
        await Until("a refusal", () => Alone(TeamsPerson.Anna));
        await transcript.StepAsync("The guest and Anna press Approve", Token);
        Effects().ShouldBe(0);

        // pressed once, delivered three times, and pressed again
        var press = _teams.Press(approve, TeamsPerson.Ben, card.Conversation);
        for (var i = 0; i < 3; i++) await PressAsync(press);
        await PressAsync(_teams.Press(approve, TeamsPerson.Ben, card.Conversation));
        await Until("the outcome", () => Cards()[0].Lines.Any(line => line.Contains("done and verified", StringComparison.Ordinal)) ? "so" : null);
        await transcript.StepAsync("Ben presses Approve, twice, and Teams delivers the first three times", Token);
        Effects().ShouldBe(1);
        Button(Cards()[0], "approve").ShouldBeNull();

        await SayAsync("resolve", TeamsPerson.Ben, card);
        await Until("the end on the card", () => Cards()[0].Lines[0].Contains("RESOLVED", StringComparison.Ordinal) ? "so" : null);
        await transcript.StepAsync("Ben says: resolve", Token);
        transcript.Check("incident-on-teams");

        Cards().ShouldHaveSingleItem().Id.ShouldBe(card.Id);
        _teams.Connector.Violations.ShouldBeEmpty();
        // what was posted by itself went where Teams said, from the first on
        _teams.Connector.Calls.ShouldAllBe(call => call.Contains(" emea/v3/", StringComparison.Ordinal));
        foreach (var secret in (string[])[TeamsSide.Secret, "token-of-entra", "Bearer"]) serve.Errors.ShouldNotContain(secret);
    }

    private Task SayAsync(string words, TeamsPerson who, Post card) => PressAsync(_teams.Mention(words, who, card.Conversation));

    private async Task PressAsync(JsonObject activity) => (await _teams.SendAsync(_to, activity, Token)).ShouldBe(HttpStatusCode.OK);

    private List<Post> Cards() => [.. _teams.Connector.Snapshot().Where(IsCard)];

    private List<Post> In(Post card) => [.. _teams.Connector.Snapshot().Where(post => post.Conversation == card.Conversation && !IsCard(post))];

    private Post? Alone(TeamsPerson who) => _teams.Connector.Snapshot().FirstOrDefault(post => post.Conversation == $"a:chat-with-{who.Id}");

    private List<Seen> Seen() => [.. _teams.Connector.Snapshot().Select(post => new Seen(
        post.Id,
        post.Conversation.Replace("a:chat-with-29:", "", StringComparison.Ordinal) is var who && who != post.Conversation ? who : "all",
        IsCard(post) ? "card" : post.Activity.GetProperty("summary").GetString()!.StartsWith("OpsBot on", StringComparison.Ordinal) ? "reply" : "answer",
        string.Join('\n', post.Lines).Replace('\u00A0', ' ').Replace(_folder.Path, "<folder>", StringComparison.Ordinal),
        [.. Actions(post).Select(action => action.GetProperty("title").GetString()!)]))];

    private static bool IsCard(Post post) => post.Conversation.EndsWith($";messageid={post.Id}", StringComparison.Ordinal);

    private static IEnumerable<JsonElement> Actions(Post post) => post.Card.TryGetProperty("actions", out var actions) ? actions.EnumerateArray() : [];

    private static JsonNode? Button(Post post, string verb) => Actions(post).Where(action => action.TryGetProperty("verb", out var name) && name.GetString() == verb)
        .Select(action => JsonNode.Parse(action.GetProperty("data").GetRawText())).FirstOrDefault();

    private bool IsAtRest() => _folder.Store.Count("select count(*) from messages where handled_at is null and dead_at is null and due_at < (unixepoch() + 5) * 1000") == 0;

    private int Effects() => File.Exists(Path.Combine(_folder.Path, "effects")) ? File.ReadAllLines(Path.Combine(_folder.Path, "effects")).Length : 0;

    private static Task<T> Until<T>(string what, Func<T?> look)
        where T : class => OpsBotProgram.UntilAsync(() => Task.FromResult(look()), what, Token);

    private static Task Until(string what, Func<bool> condition) => Until(what, () => condition() ? "so" : null);

    private string Configuration()
    {
        ThingToChange.WriteProgram(_folder);
        return _folder.Write("opsbot.yaml", $$"""
            {{AlertSender.Senders}}
            {{_teams.Section(_folder)}}
            chat: { to: ["teams:{{TeamsCloud.Channel}}"], editEvery: 0s }
            people:
              - { id: anna, name: Anna, roles: [oncall], identities: { email: [anna@example.com] } }
              - { id: ben, name: Ben, roles: [oncall], identities: { teams: [{{TeamsPerson.Ben.Entra}}] } }
            messages: { backoff: 100ms, abandonments: 100 }

            """ + ThingToChange.Section);
    }
}
