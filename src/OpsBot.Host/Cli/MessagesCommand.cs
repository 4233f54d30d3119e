using System.CommandLine;
using OpsBot.Actions.People;
using OpsBot.Chat.Cards;
using OpsBot.Contracts;
using OpsBot.Contracts.Ports;
using OpsBot.Host.Serving;

namespace OpsBot.Host.Cli;

internal static class MessagesCommand
{
    private const int Newest = 200;

    public static Command Create()
    {
        var (config, data, json) = (CommonOptions.Config(), CommonOptions.Data(), CommonOptions.Json());
        var command = new Command(
            "messages", "Say how the messages table stands.\n\nExamples: opsbot messages dead · opsbot messages retry 17 · opsbot messages quarantined")
        {
            config, data, json, Dead(), Quarantined(), Show(), Retry(), Reread(),
        };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            await using var services = parsed.OpenStore(config, data);
            var counts = await services.GetRequiredService<IMessageReader>().CountAsync(cancellationToken);
            if (parsed.GetValue(json))
            {
                CommonOptions.WriteJson(counts);
                return ExitCode.Done;
            }

            Console.WriteLine($"waiting {counts.Waiting}, in hand {counts.Leased}, timers {counts.Timers}, handled {counts.Handled}, dead {counts.Dead}, quarantined {counts.Quarantined}");
            if (counts.OldestWaiting is { } oldest)
            {
                Console.WriteLine($"oldest waiting since {OpsBotJson.Format(oldest)}");
            }

            foreach (var (source, count) in counts.Refused)
            {
                Console.WriteLine($"refused from {source}: {count} (wrong or missing signature)");
            }

            return ExitCode.Done;
        });
        return command;
    }

    private static Command Dead()
    {
        var (config, data, json, all) = (CommonOptions.Config(), CommonOptions.Data(), CommonOptions.Json(), All());
        var command = new Command("dead", "List rows that were given up, with the reason.") { config, data, json, all };
        command.SetAction((parsed, cancellationToken) => ListAsync(
            parsed, config, data, json,
            reader => reader.DeadAsync(Most(parsed, all), cancellationToken),
            counts => counts.Dead,
            row => $"{row.Id}  {row.Kind}  {row.Stream}  {row.Attempts} attempts  {PlainText.Line(row.Error, 500)}",
            cancellationToken));
        return command;
    }

    private static Command Quarantined()
    {
        var (config, data, json, all) = (CommonOptions.Config(), CommonOptions.Data(), CommonOptions.Json(), All());
        var command = new Command(
            "quarantined", "List deliveries that could not be read, with the field that was wrong.\n\nExamples: opsbot messages quarantined show 3 · opsbot messages quarantined discard 3")
        {
            config, data, json, all, QuarantineCommands.Show(), QuarantineCommands.Discard(),
        };
        command.SetAction((parsed, cancellationToken) => ListAsync(
            parsed, config, data, json,
            reader => reader.QuarantinedAsync(Most(parsed, all), cancellationToken),
            counts => counts.Quarantined,
            row => $"{row.Id}  {row.Source}  {OpsBotJson.Format(row.ReceivedAt)}  {row.Field}: {PlainText.Line(row.Reason, 500)}  ({row.Bytes} bytes)",
            cancellationToken));
        return command;
    }

    private static Option<bool> All() => new("--all") { Description = $"List all of them, not only the newest {Newest}." };

    private static int Most(ParseResult parsed, Option<bool> all) => parsed.GetValue(all) ? int.MaxValue : Newest;

    private static Command Show()
    {
        var id = new Argument<long>("id") { Description = "Id of the row." };
        var (config, data) = (CommonOptions.Config(), CommonOptions.Data());
        var command = new Command("show", "Print one row as JSON, redacted.") { id, config, data, CommonOptions.Json() };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            await using var services = parsed.OpenStore(config, data);
            CommonOptions.WriteJson(await services.GetRequiredService<IMessageReader>().FindAsync(parsed.GetRequiredValue(id), cancellationToken)
                ?? throw new UnusableInputException($"There is no message {parsed.GetRequiredValue(id)}."));
            return ExitCode.Done;
        });
        return command;
    }

    private static Command Retry()
    {
        var id = new Argument<long>("id") { Description = "Id of the dead row." };
        var (config, data, token) = (CommonOptions.Config(), CommonOptions.Data(), ActingPerson.TokenFile());
        var command = new Command("retry", "Bring a dead row back. Needs a personal token where anybody has one: what the row asks for is done.") { id, config, data, token };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            await using var services = parsed.OpenStore(config, data);
            var people = services.GetRequiredService<IPeople>();
            // As on the console; where nobody has a token yet this is the one way to bring a row back.
            if (people.CanLogIn)
            {
                _ = parsed.Resolve(token, people);
            }

            var number = parsed.GetRequiredValue(id);
            switch (await services.GetRequiredService<IMessageRetry>().RetryAsync(number, cancellationToken))
            {
                case RetryOutcome.NotFound:
                    throw new UnusableInputException($"There is no message {number}. 'opsbot messages dead' lists those that can be brought back.");
                case RetryOutcome.NotDead:
                    throw new UnusableInputException($"Message {number} is not dead. 'opsbot messages show {number}' says how it stands.");
                default:
                    await Console.Error.WriteLineAsync($"Message {number} is due again; a running 'opsbot serve' takes it up.");
                    return ExitCode.Done;
            }
        });
        return command;
    }

    private static Command Reread()
    {
        var (config, data) = (CommonOptions.Config(), CommonOptions.Data());
        var command = new Command("reread", "Try to read everything in the quarantine once more. After an upgrade 'serve' does it by itself.") { config, data };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            await using var services = parsed.OpenStore(config, data);
            var (read, left) = await ActivatorUtilities.CreateInstance<QuarantineRereader>(services).RereadAsync(all: true, cancellationToken);
            Console.WriteLine($"{read} read, {left} still cannot be read");
            return ExitCode.Done;
        });
        return command;
    }

    private static async Task<int> ListAsync<T>(
        ParseResult parsed, Option<string?> config, Option<string?> data, Option<bool> json,
        Func<IMessageReader, Task<IReadOnlyList<T>>> read, Func<MessageCounts, long> count, Func<T, string> line, CancellationToken cancellationToken)
    {
        await using var services = parsed.OpenStore(config, data);
        var reader = services.GetRequiredService<IMessageReader>();
        var rows = await read(reader);
        var total = count(await reader.CountAsync(cancellationToken));
        if (rows.Count < total)
        {
            await Console.Error.WriteLineAsync($"{rows.Count} of {total} shown; --all shows them all.");
        }

        return await parsed.WriteListAsync(json, rows, line);
    }
}
