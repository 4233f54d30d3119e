using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using OpsBot.Chat.Cards;
using OpsBot.Chat.Teams.Cards;
using OpsBot.Contracts;
using OpsBot.IntegrationTests.Support;
using OpsBot.Tests.Chat.Teams;
using Shouldly;
using Xunit;

namespace OpsBot.IntegrationTests.Teams;

/// <summary>Far more happens than anybody wants to read in Teams: what is left of it there is right, within its limits, and few messages.</summary>
public sealed class TeamsStormTests(ITestOutputHelper output)
{
    private const int Channels = 5, Budget = 6;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_storm_of_updates_ends_in_cards_that_are_right_within_the_limits_of_Teams_and_the_budget_of_each_thread()
    {
        LongRun.Require();
        var (incidents, updates) = LongRun.IsOn ? (50, 20) : (3, 8);
        await using var teams = await TeamsCloud.StartAsync(Token);
        var limits = new TeamsLimits();
        teams.Connector.Mood = limits.Answer;
        using var folder = new DataFolder();
        using var alerts = new AlertSender();
        await using var serve = await OpsBotProcess.ServeAsync(folder, Configuration(folder, teams), Token);
        var to = await serve.Webhooks;
        var begun = TimeProvider.System.GetTimestamp();
        for (var update = 0; update < updates; update++)
        {
            // Teams has moods of its own on top of its limits
            limits.Break(update % 2 == 0 ? "update" : "post", (update % 4) switch { 0 => 502, 2 => 412, _ => 429 });
            await Parallel.ForAsync(0, incidents, new ParallelOptions { MaxDegreeOfParallelism = 8, CancellationToken = Token }, async (incident, token) =>
            {
                // some end and come back, some get worse words; a third of them is over at last
                var name = Name(incident);
                var status = (update % 4 == 3 && update < updates - 1) || (update == updates - 1 && incident % 3 == 0) ? "resolved" : "firing";
                ((int)(await alerts.PostAsync(to, name, token, status, title: FormattableString.Invariant($"{name} fails, {update} of {updates}"), delivery: FormattableString.Invariant($"{name}/{update}")))
                    .Status).ShouldBeInRange(200, 299);
            });
        }

        var sent = TimeProvider.System.GetElapsedTime(begun);
        await OpsBotProgram.UntilAsync(
            () => Task.FromResult(Waiting(folder) == 0 && Cards(teams).Count == incidents ? "so" : null), "everything to be posted", Token, TimeSpan.FromMinutes(8));
        var posts = teams.Connector.Snapshot();
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{incidents * updates} updates of {incidents} incidents in {sent.TotalSeconds:0.0} s, at rest after {TimeProvider.System.GetElapsedTime(begun).TotalSeconds:0.0} s: {posts.Count} posts and {posts.Sum(post => post.Edits)} edits, {limits.Limited.Count} over a limit, {limits.Ignored.Count} within a Retry-After"));
        limits.Limited.ShouldBeEmpty();
        limits.Ignored.ShouldBeEmpty();
        teams.Connector.Violations.ShouldBeEmpty();
        CheckCards(folder, teams);
        foreach (var card in Cards(teams))
            posts.Count(post => post.Conversation == card.Conversation && post.Id != card.Id).ShouldBeInRange(1, Budget);
        folder.Store.Lines("select kind, error from messages where dead_at is not null").ShouldBeEmpty();
    }

    /// <summary>What stands in Teams is what the console shows, element by element, and says how it ended.</summary>
    private static void CheckCards(DataFolder folder, TeamsCloud teams)
    {
        var console = folder.Store.Query("select incident_id, card from threads where surface = 'web'", row => (Id: row.GetInt64(0), Card: JsonSerializer.Deserialize<StatusCard>(row.GetString(1), OpsBotJson.Options)!));
        var references = folder.Store.Query("select incident_id, reference from threads where surface = 'teams'", row => (Id: row.GetInt64(0), Reference: row.GetString(1))).ToDictionary(row => row.Id, row => row.Reference);
        foreach (var (id, card) in console)
        {
            var stands = Cards(teams).Single(post => references[id].EndsWith($"/{post.Id}", StringComparison.Ordinal));
            JsonNode.DeepEquals(JsonNode.Parse(stands.Card.GetRawText()), AdaptiveCardRenderer.Render(card, id)).ShouldBeTrue(string.Join('\n', stands.Lines));
            var incident = int.Parse(folder.Store.Lines(FormattableString.Invariant($"select environment from incidents where id = {id}")).Single().Split('-')[1], CultureInfo.InvariantCulture);
            // its first line says how it stands; the timeline below tells of earlier ends too
            stands.Lines[0].Contains("RESOLVED", StringComparison.Ordinal).ShouldBe(incident % 3 == 0, string.Join('\n', stands.Lines));
        }
    }

    private static List<Post> Cards(TeamsCloud teams) => [.. teams.Connector.Snapshot().Where(post => post.Conversation.EndsWith($";messageid={post.Id}", StringComparison.Ordinal))];

    private static long Waiting(DataFolder folder) => folder.Store.Count(
        "select count(*) from messages where handled_at is null and dead_at is null and (due_at < (unixepoch() + 60) * 1000 or kind like 'chat.%')");

    private static string Name(int incident) => FormattableString.Invariant($"storm{incident % Channels}-{incident}");

    private static string Configuration(DataFolder folder, TeamsCloud teams)
    {
        var routes = Enumerable.Range(0, Channels).Select(number => string.Create(CultureInfo.InvariantCulture, $"{{ environments: [storm{number}-*], to: [\"teams:19:storm{number}@thread.tacv2\"] }}"));
        return folder.Write("opsbot.yaml", $$"""
            {{AlertSender.Senders}}
            {{teams.Section(folder)}}
            chat: { budget: {{Budget}}, routes: [{{string.Join(", ", routes)}}] }
            """);
    }
}
