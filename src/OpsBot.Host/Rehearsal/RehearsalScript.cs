namespace OpsBot.Host.Rehearsal;

/// <summary>What is fed to the program in a rehearsal: deliveries in order, and a bundle that stands in for the monitored world.</summary>
/// <param name="Title">For the first line.</param>
/// <param name="BundleFolder">Evidence that live diagnoses read; changes come in as events, not from here.</param>
/// <param name="Calls">Who calls whom, as a team would configure it.</param>
/// <param name="Deliveries">In the order in which they are sent.</param>
internal sealed record RehearsalScript(string Title, string BundleFolder, IReadOnlyList<(string Caller, string Callee)> Calls, IReadOnlyList<RehearsalDelivery> Deliveries)
{
    /// <summary>More of the configuration, as it would stand in opsbot.yaml.</summary>
    public string Configuration { get; init; } = "";

    /// <summary>What happens once everything has been handled; null where that is the end.</summary>
    public IRehearsalFinale? Finale { get; init; }
}

/// <summary>The rest of a rehearsal: what people do about it.</summary>
internal interface IRehearsalFinale
{
    /// <returns>False where it did not end as it should have.</returns>
    Task<bool> PlayAsync(RehearsalRun run, CancellationToken cancellationToken);
}

/// <summary>One delivery.</summary>
/// <param name="After">Wait since the delivery before.</param>
/// <param name="Source">The sender to play.</param>
/// <param name="EventName">GitHub's event name.</param>
internal sealed record RehearsalDelivery(TimeSpan After, string Source, string? EventName, byte[] Body);
