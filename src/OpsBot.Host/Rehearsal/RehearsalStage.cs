using System.Security.Cryptography;
using OpsBot.Chat.Cards;
using OpsBot.Contracts.Ports;
using OpsBot.Host.Cli;
using OpsBot.Host.Configuration;
using OpsBot.Host.Serving;
using OpsBot.Host.WebConsole;
using OpsBot.Runtime.Redaction;

namespace OpsBot.Host.Rehearsal;

/// <summary>
/// Runs the program as <c>serve</c> does, on free ports and a folder of its own, and plays the senders over HTTP with their signatures.
/// What is shown is read from the store like everything else.
/// </summary>
internal static class RehearsalStage
{
    /// <param name="once">End when all has been handled and the finale is over; otherwise stay until stopped.</param>
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
            var run = new RehearsalRun(app, console, printer, once, clock);
            var complete = await run.SendAsync(script.Deliveries, stop.Token) && await run.SettleAsync(stop.Token);
            await printer.PrintCardsAsync(stop.Token);
            if (complete && script.Finale is { } finale)
            {
                try
                {
                    complete = await finale.PlayAsync(run, stop.Token);
                }
                catch (OperationCanceledException) when (stop.IsCancellationRequested && !once)
                {
                    // Whoever watched has seen enough.
                }
            }

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

             """ + script.Configuration,
            "rehearsal");
    }

    private static string Quoted(string text) => text.Replace("'", "''", StringComparison.Ordinal);
}
