using System.Globalization;
using Npgsql;

namespace OpsBot.Storage.Engine;

/// <summary>Connection strings, taken apart without ever being shown.</summary>
internal static class PostgresConnections
{
    /// <exception cref="StoreException">It cannot be read as one.</exception>
    public static NpgsqlConnectionStringBuilder Parse(string connectionString)
    {
        try
        {
            var parts = new NpgsqlConnectionStringBuilder(connectionString);
            return parts.Host is { Length: > 0 } ? parts : throw new ArgumentException("no host", nameof(connectionString));
        }
        catch (Exception unreadable) when (unreadable is ArgumentException or FormatException or InvalidCastException or OverflowException)
        {
            // what the driver says quotes the text, and a part that it stumbles over may be one of the password
            throw new StoreException("store.postgres, or what stands for it, cannot be read as a connection string of PostgreSQL. Write it as Host=db;Database=opsbot;Username=opsbot;Password=….");
        }
    }

    /// <summary>Server and database, for people.</summary>
    public static string Shown(NpgsqlConnectionStringBuilder parts) =>
        string.Create(CultureInfo.InvariantCulture, $"{parts.Host}:{parts.Port}/{parts.Database ?? parts.Username}");
}
