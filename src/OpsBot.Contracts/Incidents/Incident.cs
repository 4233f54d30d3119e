namespace OpsBot.Contracts.Incidents;

/// <summary>Where an incident stands.</summary>
public enum IncidentStatus
{
    Open,
    Acknowledged,
    Resolved,
}

/// <summary>What correlated events add up to. The state that <c>IncidentFlow</c> folds events into.</summary>
public sealed record Incident
{
    /// <summary>The number in <c>INC-12</c>.</summary>
    public required long Id { get; init; }

    /// <summary>As <see cref="EnvironmentNames.Of"/> has it.</summary>
    public required string Environment { get; init; }

    public required string Title { get; init; }

    public required IncidentStatus Status { get; init; }

    public string? Service { get; init; }

    public SeverityLevel Severity { get; init; } = SeverityLevel.Unknown;

    /// <summary>When it began by the senders' clocks.</summary>
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>When OpsBot opened it.</summary>
    public required DateTimeOffset OpenedAt { get; init; }

    public DateTimeOffset? ResolvedAt { get; init; }

    /// <summary>Newest event by the senders' clocks.</summary>
    public required DateTimeOffset LastEventAt { get; init; }

    /// <summary>Number of different alerts, (source, incident key), by status.</summary>
    public int Firing { get; init; }

    public int Acknowledged { get; init; }

    public int Resolved { get; init; }

    /// <summary>Number of events taken in, repeats included.</summary>
    public int Events { get; init; }

    public int Reopened { get; init; }

    /// <summary>Services that alerts of this incident named.</summary>
    public IReadOnlyList<string> Services { get; init; } = [];

    /// <summary>Counts diagnoses asked for.</summary>
    public int DiagnosisGeneration { get; init; }

    /// <summary>Replies that the thread has had.</summary>
    public int Replies { get; init; }

    public string Name => Names.Incident(Id);
}

/// <summary>How things are called in front of people.</summary>
public static class Names
{
    public static string Incident(long id) => $"INC-{id}";

    /// <summary>Reads <c>INC-12</c>, <c>inc-12</c> or <c>12</c>.</summary>
    public static bool TryParseIncident(string text, out long id) =>
        long.TryParse(
            text.StartsWith("INC-", StringComparison.OrdinalIgnoreCase) ? text[4..] : text,
            System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out id);
}
