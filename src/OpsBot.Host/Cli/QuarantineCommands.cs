using System.CommandLine;
using System.Globalization;
using OpsBot.Actions.Audit;
using OpsBot.Actions.People;
using OpsBot.Chat.Cards;
using OpsBot.Contracts;
using OpsBot.Contracts.Actions;
using OpsBot.Contracts.Ports;
using OpsBot.Storage.Messages;

namespace OpsBot.Host.Cli;

/// <summary>One delivery that could not be read: look at it, or throw it away.</summary>
internal static class QuarantineCommands
{
    public static Command Show()
    {
        var id = Id();
        var (config, data, json) = (CommonOptions.Config(), CommonOptions.Data(), CommonOptions.Json());
        var command = new Command("show", "Print one delivery with its body, redacted.") { id, config, data, json };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            await using var services = parsed.OpenStore(config, data);
            var number = parsed.GetRequiredValue(id);
            var row = await services.GetRequiredService<IMessageReader>().FindQuarantinedAsync(number, cancellationToken) ?? throw None(number);
            if (parsed.GetValue(json))
            {
                CommonOptions.WriteJson(row);
                return ExitCode.Done;
            }

            Console.WriteLine($"{row.Source}, received {OpsBotJson.Format(row.ReceivedAt)}, key {PlainText.Line(row.DeliveryKey, 200)}, {row.Bytes} bytes");
            Console.WriteLine($"{row.Field}: {PlainText.Line(row.Reason, 1000)}\n");
            Console.WriteLine(PlainText.Block(row.Excerpt, Math.Max(1, row.Excerpt.Length)).Value);
            return ExitCode.Done;
        });
        return command;
    }

    public static Command Discard()
    {
        var id = Id();
        var (config, data, token) = (CommonOptions.Config(), CommonOptions.Data(), ActingPerson.TokenFile());
        var command = new Command("discard", "Throw one away for good. Needs a personal token; who did it stands in the audit.") { id, config, data, token };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            await using var services = parsed.OpenStore(config, data);
            var person = parsed.Resolve(token, services.GetRequiredService<IPeople>());
            var (number, audit, now) = (parsed.GetRequiredValue(id), services.GetRequiredService<IAuditTrail>(), TimeProvider.System.GetUtcNow());
            var gone = await services.GetRequiredService<Quarantine>().DiscardAsync(
                number,
                (transaction, source, key) => audit.AppendAsync(
                    transaction,
                    new AuditEntry(
                        "discarded", person.Id, $"quarantined {number.ToString(CultureInfo.InvariantCulture)}",
                        new Dictionary<string, string> { ["source"] = source, ["delivery"] = key }),
                    now),
                cancellationToken);
            if (!gone)
            {
                throw None(number);
            }

            await Console.Error.WriteLineAsync($"Delivery {number} is gone from the quarantine.");
            return ExitCode.Done;
        });
        return command;
    }

    private static Argument<long> Id() => new("id") { Description = "Id of the delivery, as 'opsbot messages quarantined' lists it." };

    private static UnusableInputException None(long id) =>
        new($"There is no delivery {id} in the quarantine. 'opsbot messages quarantined' lists those that are there.");
}
