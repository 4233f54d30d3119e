using System.Globalization;
using Shouldly;
using Xunit;

namespace OpsBot.IntegrationTests.Chat;

/// <summary>Rounds of kills on one surface: two hundred in a long run, else the few that leave most behind. Each point has to be reached.</summary>
internal static class KillBatches
{
    // what a crash abandoned is taken up alone, so that two hundred rounds on one store would mostly wait
    private const int Rounds = 25;

    private static readonly int Seed = Number("OPSBOT_SEED", 20261127);

    // fewer where a long run has to fit into somebody's time
    private static readonly int Batches = Number("OPSBOT_KILL_BATCHES", 8);

    /// <param name="few">Where it is killed in a run that is not long.</param>
    /// <param name="check">What holds of this surface besides <see cref="KillCheck"/>.</param>
    public static async Task PlayAsync<T>(
        Func<Task<T>> start, IReadOnlyList<string> few, ITestOutputHelper output, CancellationToken cancellationToken, Action<KillRounds, T>? check = null)
        where T : IKilledSurface
    {
        var reached = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var batch = 0; batch < (Support.LongRun.IsOn ? Batches : 1); batch++)
        {
            var surface = await start();
            await using var play = new KillRounds(surface, Seed + batch, output);
            string[] all = [.. surface.HoldPoints, .. surface.Calls];
            string[] deaths = Support.LongRun.IsOn ? [.. all, .. Enumerable.Repeat("random", Math.Max(0, Rounds - all.Length))] : [.. few];
            new Random(Seed + batch).Shuffle(deaths);
            await play.PlayAsync(deaths, cancellationToken);
            KillCheck.Check(play, surface);
            check?.Invoke(play, surface);
            foreach (var (point, seen) in play.Deaths)
                reached[point] = reached.GetValueOrDefault(point) + seen.Reached;
        }

        reached.Where(each => each.Value == 0).Select(each => each.Key).ShouldBeEmpty("points at which nothing was killed");
    }

    private static int Number(string name, int otherwise) => int.TryParse(Environment.GetEnvironmentVariable(name), CultureInfo.InvariantCulture, out var said) ? said : otherwise;
}
