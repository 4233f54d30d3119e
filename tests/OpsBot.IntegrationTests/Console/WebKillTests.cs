using System.Globalization;
using OpsBot.IntegrationTests.Chat;
using OpsBot.IntegrationTests.Support;
using Shouldly;
using Xunit;

namespace OpsBot.IntegrationTests.Console;

/// <summary>The program is killed from outside at every point of writing its own threads, and at random.</summary>
public sealed class WebKillTests(ITestOutputHelper output)
{
    private static readonly int Seed = int.TryParse(Environment.GetEnvironmentVariable("OPSBOT_SEED"), CultureInfo.InvariantCulture, out var seed) ? seed : 20261127;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Killed_at_every_point_of_writing_a_thread_nothing_is_lost_and_nothing_stands_twice()
    {
        LongRun.Require();
        const int Batches = 8, Rounds = 25;
        var reached = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var batch = 0; batch < Batches; batch++)
        {
            var web = new KilledWeb();
            await using var play = new KillRounds(web, Seed + batch, output);
            string[] deaths = [.. web.HoldPoints, .. web.HoldPoints, .. Enumerable.Repeat("random", Rounds - (2 * web.HoldPoints.Count))];
            new Random(Seed + batch).Shuffle(deaths);
            await play.PlayAsync(deaths, Token);
            KillCheck.Check(play, web);
            // each reply that was to be written stands, by its own name, and none that nobody asked for
            play.Store.Lines("select delivery_id from thread_replies order by 1")
                .ShouldBe(play.Store.Lines("select json_extract(body, '$.deliveryId') from messages where kind = 'thread.post-reply' order by 1"));
            web.Answers.Count.ShouldBe(play.Incidents.Count(incident => incident.Asked));
            web.Answers.Values.ShouldAllBe(answer => answer.Contains("INC-", StringComparison.Ordinal) || answer.Contains("ikel", StringComparison.Ordinal) || answer.Contains("cause", StringComparison.Ordinal));
            foreach (var (point, seen) in play.Deaths)
                reached[point] = reached.GetValueOrDefault(point) + seen.Reached;
        }

        reached.Where(each => each.Value == 0).Select(each => each.Key).ShouldBeEmpty("points at which nothing was killed");
    }
}
