using System.Globalization;
using OpsBot.IntegrationTests.Chat;
using OpsBot.IntegrationTests.Support;
using Shouldly;
using Xunit;

namespace OpsBot.IntegrationTests.Slack;

/// <summary>The program is killed from outside at every point of posting to Slack, and at random.</summary>
public sealed class SlackKillTests(ITestOutputHelper output)
{
    private static readonly int Seed = int.TryParse(Environment.GetEnvironmentVariable("OPSBOT_SEED"), CultureInfo.InvariantCulture, out var seed) ? seed : 20261127;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Killed_at_every_point_of_posting_nothing_is_lost_and_nothing_stands_twice()
    {
        // of those that a store and a thread go through, the few that leave most behind
        string[] few = ["chat.postMessage/after", "chat-reply-posted"];
        // what a crash abandoned is taken up alone, so that two hundred rounds on one store would mostly wait
        var (batches, rounds) = LongRun.IsOn ? (8, 25) : (1, 0);
        var reached = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var batch = 0; batch < batches; batch++)
        {
            var slack = await KilledSlack.StartAsync(Token);
            await using var play = new KillRounds(slack, Seed + batch, output);
            var all = slack.HoldPoints.Concat(slack.Calls).ToArray();
            string[] deaths = rounds == 0 ? few : [.. all, .. Enumerable.Repeat("random", rounds - all.Length)];
            new Random(Seed + batch).Shuffle(deaths);
            await play.PlayAsync(deaths, Token);
            KillCheck.Check(play, slack);
            foreach (var (point, seen) in play.Deaths)
                reached[point] = reached.GetValueOrDefault(point) + seen.Reached;
        }

        reached.Where(each => each.Value == 0).Select(each => each.Key).ShouldBeEmpty("points at which nothing was killed");
    }
}
