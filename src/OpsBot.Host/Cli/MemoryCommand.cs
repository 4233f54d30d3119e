using System.CommandLine;
using System.Globalization;
using OpsBot.Chat.Cards;
using OpsBot.Contracts.Incidents;
using OpsBot.Contracts.Memory;
using OpsBot.Contracts.Ports;
using OpsBot.Runtime.Redaction;

namespace OpsBot.Host.Cli;

internal static class MemoryCommand
{
    public static Command Create() => new(
        "memory", "What resolved incidents taught: causes, what fixed them, what did not.\n\nExamples: opsbot memory list · opsbot memory show INC-12 --json")
    {
        List(), Show(),
    };

    private static Command List()
    {
        var (config, data, json) = (CommonOptions.Config(), CommonOptions.Data(), CommonOptions.Json());
        var limit = new Option<int>("--limit") { Description = "At most this many. Default 50.", DefaultValueFactory = _ => 50 };
        var command = new Command("list", "List what is remembered, newest first.") { config, data, json, limit };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            if (parsed.GetValue(limit) < 1)
            {
                throw new UnusableInputException($"--limit {parsed.GetValue(limit)} is not a number of incidents; write 1 or more.");
            }

            await using var services = parsed.OpenStore(config, data);
            var redactor = services.GetRequiredService<IRedactor>();
            var outcomes = (await services.GetRequiredService<IOutcomeMemory>().ListAsync(parsed.GetValue(limit), cancellationToken))
                .Select(outcome => Cleared(outcome, redactor)).ToList();
            if (parsed.GetValue(json))
            {
                CommonOptions.WriteJson(outcomes);
                return ExitCode.Done;
            }

            outcomes.ForEach(outcome => Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{Names.Incident(outcome.IncidentId),-9} {outcome.ResolvedAt:yyyy-MM-dd HH:mm}Z  {Line(Fixed(outcome))}  {Line(outcome.Title)}  (used {outcome.Used}, helped {outcome.Helpful})")));
            if (outcomes.Count == 0)
            {
                await Console.Error.WriteLineAsync("Nothing is remembered yet: an incident is, when it is resolved.");
            }

            return ExitCode.Done;
        });
        return command;
    }

    private static Command Show()
    {
        var id = new Argument<string>("incident") { Description = "INC-12, or only the number." };
        var (config, data, json) = (CommonOptions.Config(), CommonOptions.Data(), CommonOptions.Json());
        var command = new Command("show", "Print what one incident taught.") { id, config, data, json };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var text = parsed.GetRequiredValue(id);
            if (!Names.TryParseIncident(text, out var number))
            {
                throw new UnusableInputException($"'{text}' is not an incident; write INC-12 or 12. 'opsbot memory list' lists them.");
            }

            await using var services = parsed.OpenStore(config, data);
            var outcome = await services.GetRequiredService<IOutcomeMemory>().FindAsync(number, cancellationToken)
                ?? throw new UnusableInputException(
                    $"Nothing is remembered of {Names.Incident(number)}: it does not exist, or was never resolved. 'opsbot memory list' lists what is.");
            outcome = Cleared(outcome, services.GetRequiredService<IRedactor>());
            if (parsed.GetValue(json))
            {
                CommonOptions.WriteJson(outcome);
            }
            else
            {
                Write(outcome);
            }

            return ExitCode.Done;
        });
        return command;
    }

    private static void Write(Outcome outcome)
    {
        Console.WriteLine($"{Names.Incident(outcome.IncidentId)}  {Line(outcome.Title)}");
        Console.WriteLine($"  {Line(outcome.Environment)}{(outcome.Service is { } service ? $", {Line(service)}" : "")}; resolved {Wording.Utc(outcome.ResolvedAt)} after {Wording.Length(outcome.Duration)}");
        Write("causes", outcome.Causes.Select(cause => cause.Statement));
        Write("fixed by", outcome.Fixed.Select(Run));
        Write("did not help", outcome.DidNotHelp.Select(Run));
        Write("people said", outcome.Said);
        Console.WriteLine($"  {Wording.Count(outcome.Fingerprints.Count, "alert")}; used {Wording.Count(outcome.Used, "time")}, helped {Wording.Count(outcome.Helpful, "time")}");
    }

    private static void Write(string heading, IEnumerable<string> lines)
    {
        foreach (var line in lines)
        {
            Console.WriteLine($"  {heading}: {Line(line)}");
        }
    }

    private static string Fixed(Outcome outcome) => outcome.Fixed is [var run, ..] ? $"{run.Action} on {run.Target}" : "by hand or by itself";

    private static string Run(OutcomeRun run) =>
        $"{run.Action} on {run.Target} ({string.Join(", ", run.Arguments.Select(argument => $"{argument.Key}={argument.Value}"))}), RUN-{run.RunId} {run.Status.ToString().ToLowerInvariant()}"
        + (run.Reason is { } reason ? $": {reason}" : "");

    private static string Line(string text) => PlainText.Line(text, 300).Value;

    private static Outcome Cleared(Outcome outcome, IRedactor redactor)
    {
        return outcome with
        {
            Title = redactor.Redact(outcome.Title),
            Causes = [.. outcome.Causes.Select(cause => cause with { Statement = redactor.Redact(cause.Statement) })],
            Fixed = [.. outcome.Fixed.Select(Clear)],
            DidNotHelp = [.. outcome.DidNotHelp.Select(Clear)],
            Said = [.. outcome.Said.Select(redactor.Redact)],
        };

        OutcomeRun Clear(OutcomeRun run) => run with
        {
            Title = redactor.Redact(run.Title),
            Arguments = run.Arguments.ToDictionary(argument => argument.Key, argument => redactor.Redact(argument.Value), StringComparer.Ordinal),
            Reason = run.Reason is { } reason ? redactor.Redact(reason) : null,
        };
    }
}
