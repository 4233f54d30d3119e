using OpsBot.Handlers;

namespace OpsBot.Host.Serving;

/// <summary>What the command line says over the configuration.</summary>
/// <param name="DataFolder">Where state is kept.</param>
/// <param name="Urls">Addresses of the webhooks; null for what the configuration says.</param>
/// <param name="ConsoleUrls">Addresses of the console; null for what the configuration says.</param>
/// <param name="Quiet">Only warnings and worse are logged.</param>
internal sealed record ServeSettings(string DataFolder, string? Urls = null, string? ConsoleUrls = null, bool Quiet = false)
{
    /// <summary>What this host does; null for what the configuration says.</summary>
    public IReadOnlyList<HostRole>? Roles { get; init; }

    /// <summary>Names the data folder for every verb.</summary>
    public const string DataVariable = "OPSBOT_DATA";

    /// <summary>The folder that OPSBOT_DATA names, else <c>.opsbot</c> of the working folder.</summary>
    public static string DefaultDataFolder =>
        Environment.GetEnvironmentVariable(DataVariable) is { Length: > 0 } folder ? folder : Path.Combine(Directory.GetCurrentDirectory(), ".opsbot");
}
