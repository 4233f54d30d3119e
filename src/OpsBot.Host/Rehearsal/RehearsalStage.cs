using System.Security.Cryptography;
using OpsBot.Chat.Cards;
using OpsBot.Contracts.Ports;
using OpsBot.Host.Cli;
using OpsBot.Host.Configuration;
using OpsBot.Host.Serving;
using OpsBot.Host.WebConsole;
using OpsBot.Ingress;
using OpsBot.Runtime.Redaction;

namespace OpsBot.Host.Rehearsal;

/// <summary>
/// Runs the program as <c>serve</c> does, on free ports and a folder of its own, and plays the senders over HTTP with their signatures.
/// What is shown is read from the store like everything else.
/// </summary>
internal static class RehearsalStage
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <param name="once">End when all has been handled; otherwise stay until stopped.</param>
    public static async Task<int> RunAsync(RehearsalScript script, bool once, TimeProvider clock, CancellationToken cancellationToken)
    {
        var folder = Directory.CreateTempSubdirectory("opsbot-rehearsal-");
        try
        {
            await using var app = OpsBotServer.Build(
                Configuration(script), new ServeSettings(folder.FullName, "http://127.0.0.1:0", "http://127.0.0.1:0", Quiet: true));
            await app.StartOrStopAsync(cancellationToken);
            var console = app.Services.GetRequiredService<ConsoleHost>().Addresses[0];
            var redactor = app.Services.GetRequiredService<IRedactor>();
            Console.WriteLine($"{PlainText.Line(redactor.Redact(script.Title), 200)}\nConsole: {console}\n");

            using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, app.Lifetime.ApplicationStopping);
            var printer = new ThreadPrinter(
                app.Services.GetRequiredService<IIncidentReader>(), app.Services.GetRequiredService<IRedactor>(), clock);
            var printing = printer.FollowAsync(app.Services.GetRequiredService<ILiveUpdates>(), stop.Token);
            var complete = await PlayAsync(app, script, clock, stop.Token) && await SettleAsync(app, clock, stop.Token);
            await printer.PrintCardsAsync(stop.Token);
            if (!once)
            {
                Console.WriteLine($"\nThe thread is at {console}. Ctrl-C ends the demo.");
                await app.WaitForShutdownAsync(cancellationToken);
            }

            await stop.CancelAsync();
            await printing;
            await app.StopAsync(CancellationToken.None);
            return complete ? ExitCode.Done : ExitCode.Failed;
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static LoadedConfiguration Configuration(RehearsalScript script)
    {
        var secret = Convert.ToHexString(RandomNumberGenerator.GetBytes(24));
        return OpsBotConfiguration.Parse(
            $"""
             senders:
               pagerduty: {"{"} secrets: [ {secret} ] {"}"}
               github: {"{"} secrets: [ {secret} ] {"}"}
               alertmanager: {"{"} bearer: {secret} {"}"}
               grafana: {"{"} bearer: {secret} {"}"}
               cloudevents: {"{"} bearer: {secret} {"}"}
             correlation: {"{"} defaultEnvironment: production {"}"}
             incidents: {"{"} diagnoseGap: 10s {"}"}
             topology:
               calls: [ {string.Join(", ", script.Calls.Select(call => $"'{Quoted(call.Caller)} -> {Quoted(call.Callee)}'"))} ]
             evidence:
               bundles: {"{"} folders: [ '{Quoted(script.BundleFolder)}' ] {"}"}
             """,
            "rehearsal");
    }

    private static string Quoted(string text) => text.Replace("'", "''", StringComparison.Ordinal);

    private static async Task<bool> PlayAsync(WebApplication app, RehearsalScript script, TimeProvider clock, CancellationToken cancellationToken)
    {
        var signer = app.Services.GetRequiredService<ISampleSigner>();
        using var client = new HttpClient();
        var complete = true;
        foreach (var delivery in script.Deliveries)
        {
            await Task.Delay(delivery.After, clock, cancellationToken);
            var headers = signer.HeadersFor(delivery.Source, delivery.Body, delivery.EventName);
            using var response = await WebhookDelivery.PostAsync(
                client, new Uri(app.Urls.First()), delivery.Source, headers, delivery.Body, cancellationToken);
            if (!response.IsSuccessStatusCode)
            {
                complete = false;
                await Console.Error.WriteLineAsync($"{delivery.Source} was answered {(int)response.StatusCode}: {await response.Content.ReadAsStringAsync(cancellationToken)}");
            }
        }

        return complete;
    }

    /// <summary>Waits until nothing is left to do. False when that takes too long.</summary>
    private static async Task<bool> SettleAsync(WebApplication app, TimeProvider clock, CancellationToken cancellationToken)
    {
        var messages = app.Services.GetRequiredService<IMessageReader>();
        var begun = clock.GetTimestamp();
        while (clock.GetElapsedTime(begun) < Patience)
        {
            var counts = await messages.CountAsync(cancellationToken);
            if (counts is { Waiting: 0, Leased: 0, Timers: 0 })
            {
                return counts.Dead == 0;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(200), clock, cancellationToken);
        }

        await Console.Error.WriteLineAsync($"Not everything was handled within {Patience}.");
        return false;
    }
}
