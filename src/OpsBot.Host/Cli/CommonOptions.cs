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

    /// <summary>Services over the store of a data folder, for verbs that read or mend it beside a running host.</summary>
    public static bool HasStore(string dataFolder) => File.Exists(Path.Combine(dataFolder, "opsbot.db"));

    public static ServiceProvider OpenStore(this ParseResult parsed, Option<string?> config, Option<string?> data)
    {
        var folder = parsed.GetValue(data) ?? ServeSettings.DefaultDataFolder;
        if (!HasStore(folder))
        {
            throw new UnusableInputException(
                $"There is no store in '{folder}'. Name its folder with --data or {ServeSettings.DataVariable}, or start one with 'opsbot serve'.");
        }

        var services = new ServiceCollection();
        services.AddLogging(logging => logging.AddOpsBotConsole(quiet: true));
        services.AddOpsBot(parsed.LoadConfiguration(config), new ServeSettings(folder));
        return services.BuildServiceProvider();
    }

    public static void WriteJson<T>(T value) => Console.Out.WriteLine(JsonSerializer.Serialize(value, OpsBotJson.Options));
}
