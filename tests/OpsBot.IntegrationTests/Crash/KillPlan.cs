namespace OpsBot.IntegrationTests.Crash;

/// <summary>When one life of the process ends.</summary>
/// <param name="HoldAt"><c>point:n</c>, to be killed while it holds there; null for a random moment.</param>
/// <param name="WhileStarting">Count <paramref name="After"/> from the start of the process, not from when it listens.</param>
internal sealed record Kill(string? HoldAt, bool WhileStarting, TimeSpan After)
{
    public override string ToString() => HoldAt ?? FormattableString.Invariant($"{After.TotalMilliseconds:0} ms after {(WhileStarting ? "its start" : "it listened")}");
}

/// <summary>Half of the kills at named points, each point in turn, half at random times; the same seed gives the same plan.</summary>
internal static class KillPlan
{
    private static readonly string[] Points = ["before-intake", "after-intake", "before-take", "after-take", "before-commit", "after-commit"];

    /// <param name="deliveries">New deliveries in each life; a point that needs more of them would never be reached.</param>
    public static IReadOnlyList<Kill> Of(int kills, int seed, int deliveries)
    {
        var random = new Random(seed);
        var held = Enumerable.Range(0, kills / 2).Select(i => new Kill($"{Points[i % Points.Length]}:{random.Next(1, Math.Clamp(deliveries, 2, 13))}", false, TimeSpan.Zero));
        // a third of the others before the process is up
        var anytime = Enumerable.Range(kills / 2, kills - (kills / 2)).Select(i => i % 3 == 0
            ? new Kill(null, true, TimeSpan.FromMilliseconds(random.Next(50, 900)))
            : new Kill(null, false, TimeSpan.FromMilliseconds(random.Next(5, 500))));
        var plan = held.Concat(anytime).ToArray();
        random.Shuffle(plan);
        return plan;
    }
}
