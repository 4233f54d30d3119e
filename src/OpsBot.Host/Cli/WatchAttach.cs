using System.CommandLine;
using OpsBot.Chat.Cards;
using OpsBot.Contracts.Ports;
using OpsBot.Contracts.Watches;
using OpsBot.Runtime.Redaction;

namespace OpsBot.Host.Cli;

/// <summary>Follows a watch live, to its end. Exit status 0 where that was good, 1 where it was not.</summary>
internal static class WatchAttach
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(500);

    public static Command Create()
    {
        var name = new Argument<string>("watch") { Description = "WATCH-3, or only the number." };
        var (config, data, json) = (CommonOptions.Config(), CommonOptions.Data(), CommonOptions.Json());
        var command = new Command("attach", "Follow a watch to its end, a line for each look that says something new.") { name, config, data, json };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            await using var services = parsed.OpenStore(config, data);
            var (watches, redactor) = (services.GetRequiredService<IWatchReader>(), services.GetRequiredService<IRedactor>());
            var watch = await WatchCommands.FindAsync(watches, parsed.GetRequiredValue(name), cancellationToken);
            for (var shown = (Tick: -1L, Text: ""); ; await Task.Delay(Look, TimeProvider.System, cancellationToken))
            {
                watch = await watches.FindAsync(watch.Id, cancellationToken) ?? throw new UnusableInputException($"{watch.Name} is gone: the store has pruned it.");
                var text = WatchWords.Line(watch);
                if (text != shown.Text || (parsed.GetValue(json) && watch.Tick != shown.Tick))
                {
                    shown = (watch.Tick, text);
                    Tell(watch.Redacted(redactor), parsed.GetValue(json));
                }

                if (watch.Status == WatchStatus.Ended)
                {
                    return watch.Verdict?.Outcome == WatchOutcome.Bad ? ExitCode.Failed : ExitCode.Done;
                }
            }
        });
        return command;
    }

    private static void Tell(Watch watch, bool json)
    {
        if (json)
        {
            CommonOptions.WriteJson(watch);
            return;
        }

        Console.WriteLine($"{(watch.LastTickAt is { } at ? Wording.Clock(at) : "        ")}  {PlainText.Line(WatchWords.Line(watch), 400).Value}");
    }
}
