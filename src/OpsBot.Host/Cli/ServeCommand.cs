using System.CommandLine;
using Microsoft.Extensions.Options;
using OpsBot.Host.Serving;
using OpsBot.Host.Telemetry;
using OpsBot.Host.WebConsole;

namespace OpsBot.Host.Cli;

internal static partial class ServeCommand
{
    public static Command Create()
    {
        var (config, data) = (CommonOptions.Config(), CommonOptions.Data());
        var urls = new Option<string?>("--urls") { Description = "Addresses of the webhooks, over listen.urls: http://127.0.0.1:8080" };
        var consoleUrls = new Option<string?>("--console-urls") { Description = "Addresses of the console, over console.urls: http://127.0.0.1:8081" };
        var command = new Command(
            "serve",
            "Listen to senders, handle what comes, keep threads.\n\nExample: OPSBOT_DATA=/var/lib/opsbot opsbot serve --config deploy/opsbot.yaml")
        {
            config, data, urls, consoleUrls,
        };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            if (parsed.GetValue(urls) is { } given && ListenOptionsValidator.Problem(given) is { } problem)
            {
                throw new UnusableInputException($"--urls: {problem}.");
            }

            var settings = new ServeSettings(
                parsed.GetValue(data) ?? ServeSettings.DefaultDataFolder, parsed.GetValue(urls), parsed.GetValue(consoleUrls));
            await using var app = OpsBotServer.Build(parsed.LoadConfiguration(config), settings);
            await app.StartOrStopAsync(cancellationToken);
            await SayAsync(app, "Webhooks", app.Urls);
            await SayAsync(app, "Console", app.Services.GetRequiredService<ConsoleHost>().Addresses);

            await app.WaitForShutdownAsync(cancellationToken);
            return ExitCode.Done;
        });
        return command;
    }

    /// <summary>Says where something listens: a line of its own for people, an entry of the log where programs read that.</summary>
    private static async Task SayAsync(WebApplication app, string what, IEnumerable<object> addresses)
    {
        var all = string.Join(", ", addresses);
        if (all.Length == 0)
        {
            return;
        }

        if (app.Services.GetRequiredService<IOptions<LoggingOptions>>().Value.Format == LogFormat.Json)
        {
            LogListening(app.Logger, what, all);
        }
        else
        {
            await Console.Error.WriteLineAsync($"{what} on {all}");
        }
    }

    [LoggerMessage(2303, LogLevel.Information, "{What} on {Addresses}")]
    private static partial void LogListening(ILogger log, string what, string addresses);
}
