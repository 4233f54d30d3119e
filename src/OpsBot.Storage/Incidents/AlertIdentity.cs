namespace OpsBot.Storage.Incidents;

/// <summary>By what an alert is known again.</summary>
/// <param name="Environment">As <see cref="Contracts.Incidents.EnvironmentNames"/> has it.</param>
/// <param name="IncidentKey">What its sender calls the incident.</param>
public sealed record AlertIdentity(string Environment, string Source, string IncidentKey, string Fingerprint)
{
    /// <summary>What a mute of it goes by.</summary>
    public string MutedAs { get; init; } = "";
}
