namespace OpsBot.IntegrationTests.Chaos;

/// <summary>What befalls hosts and servers.</summary>
internal enum Blow
{
    /// <summary>SIGKILL of a host, which is started again.</summary>
    KillHost,

    /// <summary>SIGSTOP of a host until its leases have run out, then SIGCONT.</summary>
    PauseHost,

    /// <summary>The broker is killed and started again.</summary>
    RestartBroker,

    /// <summary>PostgreSQL ends without a checkpoint and is started again.</summary>
    RestartStore,
}

/// <param name="At">When, as a part of all deliveries sent.</param>
/// <param name="Host">Which host, for those that concern one.</param>
internal sealed record PlannedBlow(double At, Blow Blow, int Host)
{
    /// <summary>The same seed gives the same plan: no two at the same time, the last well before the end.</summary>
    public static IReadOnlyList<PlannedBlow> Plan(int seed, int kills, int brokerRestarts)
    {
        var random = new Random(seed);
        Blow[] blows = [.. Enumerable.Repeat(Blow.KillHost, kills), .. Enumerable.Repeat(Blow.RestartBroker, brokerRestarts), Blow.RestartStore, Blow.PauseHost];
        random.Shuffle(blows);
        return [.. blows.Select((blow, number) => new PlannedBlow(0.1 + 0.75 * (number + random.NextDouble() * 0.5) / blows.Length, blow, random.Next(3)))];
    }
}
