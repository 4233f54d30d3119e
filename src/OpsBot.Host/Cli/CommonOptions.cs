using System.CommandLine;
using System.Text.Json;
using OpsBot.Contracts;
using OpsBot.Host.Configuration;
using OpsBot.Host.Serving;

namespace OpsBot.Host.Cli;

/// <summary>Options that several verbs have.</summary>
internal static class CommonOptions
{
    public static Option<string?> Config() => new("--config", "-c")
    {
        Description = "The configuration file. Default: $OPSBOT_CONFIG, ./opsbot.yaml, /etc/opsbot/opsbot.yaml, else built-in defaults.",
    };

    public static Option<string?> Data() => new("--data")
    {
        Description = "Where state is kept. Default: $OPSBOT_DATA, else ./.opsbot.",
    };

    public static Option<bool> Json() => new("--json") { Description = "Print JSON on standard output." };

    /// <exception cref="ConfigurationRefusedException">The file is missing or cannot be taken apart.</exception>
    public static LoadedConfiguration LoadConfiguration(this ParseResult parsed, Option<string?> config)
    {
        var loaded = OpsBotConfiguration.Load(parsed.GetValue(config));
        return loaded.Problems.Count == 0 ? loaded : throw new ConfigurationRefusedException(loaded.Problems);
    }

    /// <summary>Whether there is a store to look at: a file in the data folder, or a database that the configuration names.</summary>
    public static bool HasStore(LoadedConfiguration configuration, string dataFolder) =>
        configuration.Configuration["store:postgres"] is { Length: > 0 } || File.Exists(Path.Combine(dataFolder, "opsbot.db"));

    /// <summary>Services over the store, for verbs that read or mend it beside a running host.</summary>
    public static ServiceProvider OpenStore(this ParseResult parsed, Option<string?> config, Option<string?> data)
    {
        var folder = parsed.GetValue(data) ?? ServeSettings.DefaultDataFolder;
        var configuration = parsed.LoadConfiguration(config);
        if (!HasStore(configuration, folder))
        {
            throw new UnusableInputException(
                $"There is no store in '{folder}'. Name its folder with --data or {ServeSettings.DataVariable}, or start one with 'opsbot serve'.");
        }

        var services = new ServiceCollection();
        services.AddLogging(logging => logging.AddOpsBotConsole(quiet: true));
        services.AddOpsBot(configuration, new ServeSettings(folder));
        return services.BuildServiceProvider();
    }

    public static void WriteJson<T>(T value) => Console.Out.WriteLine(JsonSerializer.Serialize(value, OpsBotJson.Options));

    /// <summary>A list as JSON where that is asked for, else a line each; for people an empty one says so on standard error.</summary>
    public static async Task<int> WriteListAsync<T>(this ParseResult parsed, Option<bool> json, IReadOnlyList<T> rows, Func<T, string> line, string none = "None.")
    {
        if (parsed.GetValue(json))
        {
            WriteJson(rows);
            return ExitCode.Done;
        }

        foreach (var row in rows)
        {
            Console.WriteLine(line(row));
        }

        if (rows.Count == 0)
        {
            await Console.Error.WriteLineAsync(none);
        }

        return ExitCode.Done;
    }
}
