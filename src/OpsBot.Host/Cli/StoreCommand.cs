using System.CommandLine;
using System.Globalization;
using OpsBot.Chat.Cards;
using OpsBot.Contracts;
using OpsBot.Host.Serving;
using OpsBot.Storage.Copy;

namespace OpsBot.Host.Cli;

/// <summary>The store as a whole: how it stands, a backup of it, its move to PostgreSQL.</summary>
internal static class StoreCommand
{
    public static Command Create() => new(
        "store",
        "Say how the store stands, back it up, move it to PostgreSQL.\n\n"
        + "Examples: opsbot store status · opsbot store backup /backups/opsbot-1.db · opsbot store copy --dry-run")
    {
        Status(), Backup(), StoreCopyCommand.Create(),
    };

    private static Command Status()
    {
        var (config, data, json) = (CommonOptions.Config(), CommonOptions.Data(), CommonOptions.Json());
        var command = new Command("status", "Say which store it is, how many rows of what size it has, and how old they are. Changes nothing.") { config, data, json };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            await using var services = parsed.Services(config, data);
            var status = await services.GetRequiredService<StoreStatusReader>().ReadAsync(cancellationToken);
            if (parsed.GetValue(json))
            {
                CommonOptions.WriteJson(status);
                return ExitCode.Done;
            }

            Console.WriteLine($"{status.Dialect}  {PlainText.Line(status.Place, 500)}  migration {status.Schema} of {status.NewestSchema}  {Size(status.Bytes)}");
            Console.WriteLine($"kept: handled messages and changes {Days(status.Retention)}, resolved incidents {Days(status.IncidentRetention)}");
            if (status.Note is { } note)
            {
                Console.WriteLine(PlainText.Line(note, 1000));
            }

            foreach (var table in status.Tables.Where(table => table.Rows > 0))
            {
                Console.WriteLine(string.Create(
                    CultureInfo.InvariantCulture,
                    $"{table.Rows,12} rows {Size(table.Bytes),10}  {table.Name}{(table.Oldest is { } at ? $", the oldest of {OpsBotJson.Format(at)}" : "")}"));
            }

            return ExitCode.Done;
        });
        return command;
    }

    private static Command Backup()
    {
        var file = new Argument<string>("file") { Description = "File to write; none of that name may be there." };
        var (config, data) = (CommonOptions.Config(), CommonOptions.Data());
        var command = new Command(
            "backup", "Write the SQLite store into a file, whole and consistent, while OpsBot may be serving. PostgreSQL has pg_dump for that.\n\nExample: opsbot store backup /backups/opsbot-1.db")
        {
            file, config, data,
        };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            if (parsed.LoadConfiguration(config).Configuration["store:postgres"] is { Length: > 0 })
            {
                throw new UnusableInputException("The configuration names a PostgreSQL store. Back that up with PostgreSQL's own means, such as 'pg_dump --format=custom'; docs/operations.md says how.");
            }

            var (bytes, rows) = await StoreBackup.WriteAsync(parsed.SqliteFile(data), parsed.GetRequiredValue(file), cancellationToken);
            await Console.Error.WriteLineAsync(string.Create(
                CultureInfo.InvariantCulture,
                $"{rows} rows, {Size(bytes)}, checked. It holds the store alone: keep audit.key, audit-anchors.jsonl, host and runs of the data folder too, the key in another place."));
            return ExitCode.Done;
        });
        return command;
    }

    /// <summary>All parts, the store not opened.</summary>
    public static ServiceProvider Services(this ParseResult parsed, Option<string?> config, Option<string?> data)
    {
        var services = new ServiceCollection();
        services.AddLogging(logging => logging.AddOpsBotConsole(quiet: true));
        services.AddOpsBot(parsed.LoadConfiguration(config), new ServeSettings(parsed.GetValue(data) ?? ServeSettings.DefaultDataFolder));
        return services.BuildServiceProvider();
    }

    /// <summary>The store's file in the data folder.</summary>
    public static string SqliteFile(this ParseResult parsed, Option<string?> data) => Path.Combine(parsed.GetValue(data) ?? ServeSettings.DefaultDataFolder, "opsbot.db");

    private static string Days(TimeSpan time) => string.Create(CultureInfo.InvariantCulture, $"{time.TotalDays:0.##}d");

    private static string Size(long bytes) => bytes >= 1L << 30
        ? string.Create(CultureInfo.InvariantCulture, $"{bytes / (double)(1L << 30):0.0} GiB")
        : bytes >= 1 << 20
            ? string.Create(CultureInfo.InvariantCulture, $"{bytes / (double)(1 << 20):0.0} MiB")
            : string.Create(CultureInfo.InvariantCulture, $"{bytes >> 10} KiB");
}
