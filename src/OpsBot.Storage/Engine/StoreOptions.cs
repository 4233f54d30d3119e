using System.ComponentModel.DataAnnotations;

namespace OpsBot.Storage.Engine;

/// <summary>Where and how state is kept.</summary>
/// <remarks>
/// <code>
/// store:
///   retention: 30d          # handled messages and changes are pruned after this
///   incidentRetention: 400d # resolved incidents are pruned after this, with all that is theirs
///   quarantineMiB: 64       # deliveries that could not be read; when full, further ones are answered 503
///   postgres: !file /run/secrets/opsbot-store   # Host=db;Database=opsbot;Username=opsbot;Password=…
/// </code>
/// The folder is given by OPSBOT_DATA (default: ./.opsbot).
/// </remarks>
public sealed class StoreOptions
{
    /// <summary>Folder of the SQLite file. Set from OPSBOT_DATA.</summary>
    public string DataFolder { get; set; } = ".opsbot";

    /// <summary>The SQLite file of the data folder.</summary>
    internal string SqliteFile => Path.Combine(DataFolder, "opsbot.db");

    /// <summary>Makes a folder in the data folder, and that one, where they are not there.</summary>
    /// <exception cref="StoreException">It cannot be made; says what to do.</exception>
    internal string MakeFolder(string name = "")
    {
        var folder = Path.Combine(DataFolder, name);
        try
        {
            Directory.CreateDirectory(folder);
            return folder;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new StoreException($"The folder '{folder}' cannot be made or used: {failure.Message} Name another data folder with --data or OPSBOT_DATA, or let OpsBot's account write to it.");
        }
    }

    /// <summary>
    /// Connection string of a PostgreSQL database (15 or later) in which all state is kept, for one host or several. Default: none, and state is kept in a SQLite
    /// file of the data folder, for one host.
    /// </summary>
    [MaxLength(2000)]
    public string? Postgres { get; set; }

    /// <summary>Handled messages, orphan resolves and changes are pruned after this long; delivery keys seven days later. Default 30 days.</summary>
    [Range(typeof(TimeSpan), "01:00:00", "3650.00:00:00")]
    public TimeSpan Retention { get; set; } = TimeSpan.FromDays(30);

    /// <summary>
    /// Incidents are pruned this long after they were resolved, with their alerts, timeline, diagnoses and thread. Default 400 days, so that
    /// what happens once a year can be compared with the last time.
    /// </summary>
    [Range(typeof(TimeSpan), "1.00:00:00", "3650.00:00:00")]
    public TimeSpan IncidentRetention { get; set; } = TimeSpan.FromDays(400);

    /// <summary>Most MiB of quarantined deliveries. Default 64.</summary>
    [Range(1, 4096)]
    public int QuarantineMiB { get; set; } = 64;

    /// <summary>Writes that may wait for the writer before intake is refused; deliveries of one sender are at most three quarters of them. Default 20,000.</summary>
    [Range(100, 1_000_000)]
    public int WriteQueue { get; set; } = 20_000;

    /// <summary>Most MiB that deliveries waiting for the writer hold in memory; those of one sender at most three quarters of it. Default 256.</summary>
    [Range(16, 16_384)]
    public int WriteQueueMiB { get; set; } = 256;
}
