using System.Globalization;
using System.Text.Json;
using OpsBot.Chat.Cards;
using OpsBot.Contracts;
using OpsBot.IntegrationTests.Support;
using Shouldly;
using Xunit;

namespace OpsBot.IntegrationTests.Chat;

/// <summary>A surface that more is posted to than it takes, with limits and moods of its own.</summary>
internal interface IStormedSurface
{
    /// <summary>As the store names it: <c>slack</c>.</summary>
    string Name { get; }

    /// <summary>Its section of the configuration.</summary>
    string Section(DataFolder folder);

    /// <summary>What a route names one of its channels by.</summary>
    string Channel(int number);

    /// <summary>It has a mood of its own from here on, on top of its limits: one call of the next few fails, each time another.</summary>
    void Break(int update);

    IReadOnlyList<StormedCard> Cards { get; }

    /// <summary>What it counted, for people.</summary>
    string Figures { get; }

    /// <summary>Nobody went over its limits, and nothing stands twice.</summary>
    void CheckManners();
}

/// <summary>A card that stands there.</summary>
/// <param name="Reference">As the store keeps where it stands.</param>
/// <param name="Replies">Messages below it.</param>
/// <param name="Shown">What a person reads, its first line first.</param>
/// <param name="Shows">Whether it is that card of that incident, element by element.</param>
internal sealed record StormedCard(string Reference, int Replies, string Shown, Func<StatusCard, long, bool> Shows);

/// <summary>
/// A thousand updates of fifty incidents within a minute in a long run, else a few: what is left of it on a surface is right, within the surface's limits, and few
/// messages.
/// </summary>
internal static class Storm
{
    private const int Channels = 5, Budget = 6;

    public static async Task PlayAsync(IStormedSurface surface, ITestOutputHelper output, CancellationToken cancellationToken)
    {
        var (incidents, updates) = LongRun.IsOn ? (50, 20) : (3, 8);
        using var folder = new DataFolder();
        using var alerts = new AlertSender();
        await using var serve = await OpsBotProcess.ServeAsync(folder, Configuration(folder, surface), cancellationToken);
        var to = await serve.Webhooks;
        var begun = TimeProvider.System.GetTimestamp();
        for (var update = 0; update < updates; update++)
        {
            surface.Break(update);
            await Parallel.ForAsync(0, incidents, new ParallelOptions { MaxDegreeOfParallelism = 8, CancellationToken = cancellationToken }, async (incident, token) =>
            {
                // some end and come back, some get worse words; a third of them is over at last
                var name = Name(incident);
                var status = (update % 4 == 3 && update < updates - 1) || (update == updates - 1 && EndsOver(incident)) ? "resolved" : "firing";
                ((int)(await alerts.PostAsync(to, name, token, status, title: FormattableString.Invariant($"{name} fails, {update} of {updates}"), delivery: FormattableString.Invariant($"{name}/{update}")))
                    .Status).ShouldBeInRange(200, 299);
            });
        }

        var sent = TimeProvider.System.GetElapsedTime(begun);
        await OpsBotProgram.UntilAsync(
            () => Task.FromResult(Waiting(folder) == 0 && surface.Cards.Count == incidents ? "so" : null), "everything to be posted", cancellationToken, TimeSpan.FromMinutes(8));
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{incidents * updates} updates of {incidents} incidents in {sent.TotalSeconds:0.0} s, at rest after {TimeProvider.System.GetElapsedTime(begun).TotalSeconds:0.0} s: {surface.Figures}"));
        surface.CheckManners();
        CheckCards(folder, surface);
        surface.Cards.ShouldAllBe(card => card.Replies >= 1 && card.Replies <= Budget);
        folder.Store.Lines("select kind, error from messages where dead_at is not null").ShouldBeEmpty();
    }

    /// <summary>What stands there is what the console shows, and says how it ended.</summary>
    private static void CheckCards(DataFolder folder, IStormedSurface surface)
    {
        var console = folder.Store.Query("select incident_id, card from threads where surface = 'web'", row => (Id: row.GetInt64(0), Card: JsonSerializer.Deserialize<StatusCard>(row.GetString(1), OpsBotJson.Options)!));
        var references = folder.Store.Query($"select incident_id, reference from threads where surface = '{surface.Name}'", row => (Id: row.GetInt64(0), Reference: row.GetString(1))).ToDictionary(row => row.Id, row => row.Reference);
        console.Count.ShouldBe(surface.Cards.Count);
        foreach (var (id, card) in console)
        {
            var stands = surface.Cards.Single(each => each.Reference == references[id]);
            stands.Shows(card, id).ShouldBeTrue(stands.Shown);
            var incident = int.Parse(folder.Store.Lines(FormattableString.Invariant($"select environment from incidents where id = {id}")).Single().Split('-')[1], CultureInfo.InvariantCulture);
            // its first line says how it stands; the timeline below tells of earlier ends too
            stands.Shown.Split('\n')[0].Contains("resolved", StringComparison.OrdinalIgnoreCase).ShouldBe(EndsOver(incident), stands.Shown);
        }
    }

    private static bool EndsOver(int incident) => incident % 3 == 0;

    private static string Name(int incident) => FormattableString.Invariant($"storm{incident % Channels}-{incident}");

    private static long Waiting(DataFolder folder) => folder.Store.Count(
        "select count(*) from messages where handled_at is null and dead_at is null and (due_at < (unixepoch() + 60) * 1000 or kind like 'chat.%')");

    private static string Configuration(DataFolder folder, IStormedSurface surface)
    {
        var routes = Enumerable.Range(0, Channels).Select(number => FormattableString.Invariant($"{{ environments: [storm{number}-*], to: [\"{surface.Channel(number)}\"] }}"));
        return folder.Write("opsbot.yaml", $$"""
            {{AlertSender.Senders}}
            {{surface.Section(folder)}}
            chat: { budget: {{Budget}}, routes: [{{string.Join(", ", routes)}}] }
            """);
    }
}
