using System.CommandLine;
using OpsBot.Actions.People;
using OpsBot.Chat.Cards;
using OpsBot.Contracts.Ports;
using OpsBot.Contracts.Watches;
using OpsBot.Handlers.Chat.Commands;
using OpsBot.Runtime.Redaction;

namespace OpsBot.Host.Cli;

/// <summary>Watches in a terminal: the words of chat, with JSON for programs, and a look that goes on to the end.</summary>
internal static class WatchCommands
{
    private const int Findings = 50;
    private const int Longest = 60_000;

    public static Command Create() => new(
        "watch", "Keep an eye on a metric, a training job or a canary.\n\nExamples: opsbot watch list · opsbot watch start '`rate(errors[5m])` < 0.01 every 1m for 1h' · opsbot watch attach WATCH-3 · opsbot watch extend WATCH-3 30m")
    {
        List(),
        Show(),
        WatchAttach.Create(),
        WatchCommand.Replay(),
        Change("start", "Begin a watch: what chat understands behind the word 'watch', or the name of one that the configuration declares.", "what", "`query` < 0.01 for 1h, job 4711 auc >= 0.78 for 2h, or \"a name\" job=4711."),
        Change("pause", "Stop looking for a while. Its time goes on.", "watch", "WATCH-3."),
        Change("resume", "Look again.", "watch", "WATCH-3."),
        Change("extend", "Move the end.", "watch", "WATCH-3 30m."),
        Change("stop", "End a watch before its time.", "watch", "WATCH-3, and perhaps why."),
    };

    /// <exception cref="UnusableInputException">It is no watch.</exception>
    internal static async Task<Watch> FindAsync(IWatchReader watches, string text, CancellationToken cancellationToken) =>
        !WatchNames.TryParse(text, out var id)
            ? throw new UnusableInputException($"'{text}' is not a watch; write WATCH-3 or 3. 'opsbot watch list' shows those that run.")
            : await watches.FindAsync(id, cancellationToken)
                ?? throw new UnusableInputException($"There is no {WatchNames.Watch(id)}. 'opsbot watch list --all' lists those that there are.");

    private static Command List()
    {
        var (config, data, json) = (CommonOptions.Config(), CommonOptions.Data(), CommonOptions.Json());
        var all = new Option<bool>("--all") { Description = "Those that have ended too." };
        var limit = new Option<int>("--limit") { Description = "At most this many. Default 100.", DefaultValueFactory = _ => 100 };
        var command = new Command("list", "List watches, newest first.") { config, data, json, all, limit };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            if (parsed.GetValue(limit) is < 1 or > 100_000)
            {
                throw new UnusableInputException($"--limit {parsed.GetValue(limit)} is not a number of watches; write 1 to 100000.");
            }

            await using var services = parsed.OpenStore(config, data);
            var redactor = services.GetRequiredService<IRedactor>();
            IReadOnlyCollection<WatchStatus> status = parsed.GetValue(all) ? [] : [WatchStatus.Running, WatchStatus.Paused];
            var found = await services.GetRequiredService<IWatchReader>().ListAsync(status, parsed.GetValue(limit), cancellationToken);
            return await parsed.WriteListAsync(
                json, [.. found.Select(watch => watch.Redacted(redactor))], watch => PlainText.Line(WatchWords.Line(watch), 400).Value,
                parsed.GetValue(all) ? "No watches." : "No watches that run; --all shows the others.");
        });
        return command;
    }

    private static Command Show()
    {
        var name = new Argument<string>("watch") { Description = "WATCH-3, or only the number." };
        var (config, data, json) = (CommonOptions.Config(), CommonOptions.Data(), CommonOptions.Json());
        var command = new Command("show", "Print everything about one watch.") { name, config, data, json };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            await using var services = parsed.OpenStore(config, data);
            var watches = services.GetRequiredService<IWatchReader>();
            var watch = (await FindAsync(watches, parsed.GetRequiredValue(name), cancellationToken)).Redacted(services.GetRequiredService<IRedactor>());
            var findings = await watches.FindingsAsync(watch.Id, Findings, cancellationToken);
            var incident = await watches.IncidentOfAsync(watch.Id, cancellationToken);
            if (parsed.GetValue(json))
            {
                CommonOptions.WriteJson(new { watch, findings, incident });
            }
            else
            {
                Console.WriteLine(PlainText.Block(WatchWords.Full(watch, findings, incident), Longest).Value);
            }

            return ExitCode.Done;
        });
        return command;
    }

    /// <summary>What changes something goes the way of chat: the same words, the same people, the same audit.</summary>
    private static Command Change(string verb, string description, string argument, string help)
    {
        var words = new Argument<string[]>(argument) { Description = help, Arity = ArgumentArity.OneOrMore };
        var (config, data, token) = (CommonOptions.Config(), CommonOptions.Data(), ActingPerson.TokenFile());
        var command = new Command(verb, description) { words, config, data, token };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            await using var services = parsed.OpenStore(config, data);
            var person = parsed.Resolve(token, services.GetRequiredService<IPeople>());
            var said = await services.GetRequiredService<SpokenCommand>().SayAsync(
                Spoken(verb, parsed.GetRequiredValue(words), services.GetRequiredService<OpsBot.Watches.Declared.DeclaredWatches>()),
                new Asker(person, "cli", person.Id), incidentId: null, cancellationToken);
            if (said.OnlyAsker)
            {
                // What is of no use to anybody else is a refusal here.
                throw new UnusableInputException(PlainText.Block(said.Text, Longest).Value);
            }

            Console.WriteLine(PlainText.Block(said.Text, Longest).Value);
            return ExitCode.Done;
        });
        return command;
    }

    /// <summary>The shell has taken the quotes away: a name of the configuration is one word all the same.</summary>
    internal static string Spoken(string verb, string[] words, OpsBot.Watches.Declared.DeclaredWatches declared)
    {
        if (verb != "start")
        {
            return $"watch {verb} {string.Join(' ', words.Select((word, index) => index == 0 && word.Contains(' ', StringComparison.Ordinal) ? $"\"{word}\"" : word))}";
        }

        return declared.Find(words[0]) is { } one
            ? $"watch start \"{one.Name}\" {string.Join(' ', words.Skip(1))}"
            : $"watch {string.Join(' ', words)}";
    }
}
