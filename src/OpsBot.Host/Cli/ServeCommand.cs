using System.CommandLine;
using OpsBot.Host.Serving;
using OpsBot.Host.WebConsole;

namespace OpsBot.Host.Cli;

internal static class ServeCommand
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
            await Console.Error.WriteLineAsync($"Webhooks on {string.Join(", ", app.Urls)}");
            var console = app.Services.GetRequiredService<ConsoleHost>();
            if (console.Addresses.Count > 0)
            {
                await Console.Error.WriteLineAsync($"Console on {string.Join(", ", console.Addresses)}");
            }

            await app.WaitForShutdownAsync(cancellationToken);
            return ExitCode.Done;
        });
        return command;
    }
}
