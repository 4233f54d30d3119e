using System.Globalization;
using System.Text.Json;
using OpsBot.Chat.Cards;
using OpsBot.Chat.Slack.Blocks;
using OpsBot.Contracts;
using OpsBot.IntegrationTests.Slack.Simulator;
using OpsBot.IntegrationTests.Support;
using Shouldly;
using Xunit;

namespace OpsBot.IntegrationTests.Slack;

/// <summary>Far more happens than Slack takes: what is left of it there is right, within its limits, and few messages.</summary>
public sealed class SlackStormTests(ITestOutputHelper output)
{
    private const int Channels = 5, Budget = 6;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_storm_of_updates_ends_in_cards_that_are_right_within_Slacks_limits_and_the_budget_of_each_thread()
    {
        LongRun.Require();
        var (incidents, updates) = LongRun.IsOn ? (50, 20) : (3, 8);
        await using var slack = await SlackSimulator.StartAsync(Token);
        slack.Limits.EditsAMinute = 60;
        using var folder = new DataFolder();
        using var alerts = new AlertSender();
        await using var serve = await OpsBotProcess.ServeAsync(folder, Configuration(folder, slack), Token);
        var to = await serve.Webhooks;
        var begun = TimeProvider.System.GetTimestamp();
        for (var update = 0; update < updates; update++)
        {
            // Slack has moods of its own on top of its limits
            slack.Break(update % 2 == 0 ? "chat.update" : "chat.postMessage", SlackFault.RateLimited);
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
            () => Task.FromResult(Waiting(folder) == 0 && Cards(slack).Count == incidents ? "so" : null), "everything to be posted", Token, TimeSpan.FromMinutes(8));
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{incidents * updates} updates of {incidents} incidents in {sent.TotalSeconds:0.0} s, at rest after {TimeProvider.System.GetElapsedTime(begun).TotalSeconds:0.0} s: {slack.Calls.Count(call => call == "chat.postMessage")} posts and {slack.Calls.Count(call => call == "chat.update")} edits, {slack.Limits.Limited} over a limit, {slack.Limits.Ignored} within a Retry-After"));
        (slack.Limits.Limited, slack.Limits.Ignored).ShouldBe((0, 0));
        CheckCards(folder, slack);
        foreach (var card in Cards(slack))
            slack.Workspace.Messages.Count(message => message.ThreadTs == card.Ts).ShouldBeInRange(1, Budget);
        slack.Workspace.Messages.GroupBy(message => message.Metadata?.ToJsonString()).ShouldAllBe(same => same.Count() == 1);
        folder.Store.Lines("select kind, error from messages where dead_at is not null").ShouldBeEmpty();
    }

    /// <summary>What stands in Slack is what the console shows, block by block, and says how it ended.</summary>
    private static void CheckCards(DataFolder folder, SlackSimulator slack)
    {
        var console = folder.Store.Query("select incident_id, card from threads where surface = 'web'", row => (Id: row.GetInt64(0), Card: JsonSerializer.Deserialize<StatusCard>(row.GetString(1), OpsBotJson.Options)!));
        var references = folder.Store.Query("select incident_id, reference from threads where surface = 'slack'", row => (Id: row.GetInt64(0), Reference: row.GetString(1))).ToDictionary(row => row.Id, row => row.Reference);
        foreach (var (id, card) in console)
        {
            var stands = Cards(slack).Single(message => $"{message.Channel}/{message.Ts}" == references[id]);
            stands.Blocks!.ToJsonString().ShouldBe(CardBlocks.Of(card).ToJsonString(), stands.Shown);
            var incident = int.Parse(folder.Store.Lines(FormattableString.Invariant($"select environment from incidents where id = {id}")).Single().Split('-')[1], CultureInfo.InvariantCulture);
            // its first line says how it stands; the timeline below tells of earlier ends too
            stands.Shown.Split('\n')[0].Contains("resolved", StringComparison.OrdinalIgnoreCase).ShouldBe(incident % 3 == 0, stands.Shown);
        }
    }

    private static List<SlackMessage> Cards(SlackSimulator slack) => [.. slack.Workspace.Messages.Where(message => message.ThreadTs is null)];

    private static long Waiting(DataFolder folder) => folder.Store.Count(
        "select count(*) from messages where handled_at is null and dead_at is null and (due_at < (unixepoch() + 60) * 1000 or kind like 'chat.%')");

    private static string Name(int incident) => FormattableString.Invariant($"storm{incident % Channels}-{incident}");

    private static string Configuration(DataFolder folder, SlackSimulator slack)
    {
        folder.Write("bot", SlackWorkspace.BotToken);
        folder.Write("app", SlackWorkspace.AppToken);
        var routes = Enumerable.Range(0, Channels).Select(number => string.Create(CultureInfo.InvariantCulture, $"{{ environments: [storm{number}-*], to: [\"slack:C0STORM{number}\"] }}"));
        for (var number = 0; number < Channels; number++)
            slack.Workspace.Channels.Add(string.Create(CultureInfo.InvariantCulture, $"C0STORM{number}"));
        return folder.Write("opsbot.yaml", $$"""
            {{AlertSender.Senders}}
            slack: { botToken: !file bot, appToken: !file app, apiUrl: "{{slack.ApiUrl}}" }
            chat: { budget: {{Budget}}, routes: [{{string.Join(", ", routes)}}] }
            """);
    }
}
