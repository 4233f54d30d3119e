using System.CommandLine;
using Microsoft.Extensions.Options;
using OpsBot.Handlers;
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
        var roles = new Option<string?>("--roles") { Description = $"What this host does, over serve.roles, where others do the rest: {RoleNames.Known}. Default: all." };
        var command = new Command(
            "serve",
            "Listen to senders, handle what comes, keep threads.\n\nExample: OPSBOT_DATA=/var/lib/opsbot opsbot serve --config deploy/opsbot.yaml")
        {
            config, data, urls, consoleUrls, roles,
        };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            // A signal is handed over once this has returned: told to stop before that, the process would end at once and with 143.
            await Task.Yield();
            if (parsed.GetValue(urls) is { } given && ListenOptionsValidator.Problem(given) is { } problem)
            {
                throw new UnusableInputException($"--urls: {problem}.");
            }

            var settings = new ServeSettings(
                parsed.GetValue(data) ?? ServeSettings.DefaultDataFolder, parsed.GetValue(urls), parsed.GetValue(consoleUrls))
            {
                Roles = RolesOf(parsed.GetValue(roles)),
            };
            var app = OpsBotServer.Build(parsed.LoadConfiguration(config), settings);
            return await app.RunAsync(SayAsync, cancellationToken) ? ExitCode.Done : ExitCode.Failed;
        });
        return command;
    }

    private static async Task SayAsync(WebApplication app)
    {
        var roles = app.Services.GetRequiredService<IOptions<ServeOptions>>().Value.Roles;
        await SayAsync(app, roles.Contains(HostRole.Ingress) ? "Webhooks" : "Health", app.Urls);
        await SayAsync(app, "Console", app.Services.GetService<ConsoleHost>()?.Addresses ?? []);
        LogRoles(app.Logger, RoleNames.Of(roles));
    }

    private static IReadOnlyList<HostRole>? RolesOf(string? given)
    {
        try
        {
            return given is null ? null : RoleNames.Parse(given);
        }
        catch (FormatException wrong)
        {
            throw new UnusableInputException($"--roles: {wrong.Message}.");
        }
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

    [LoggerMessage(2304, LogLevel.Information, "This host is {Roles}.")]
    private static partial void LogRoles(ILogger log, string roles);
}
