using System.CommandLine;
using System.Globalization;
using OpsBot.Chat.Cards;
using OpsBot.Contracts.Incidents;
using OpsBot.Contracts.Ports;
using OpsBot.Runtime.Redaction;

namespace OpsBot.Host.Cli;

internal static class IncidentsCommand
{
    public static Command Create()
    {
        var (config, data, json) = (CommonOptions.Config(), CommonOptions.Data(), CommonOptions.Json());
        var all = new Option<bool>("--all") { Description = "Resolved ones too." };
        var limit = new Option<int>("--limit") { Description = "At most this many. Default 50.", DefaultValueFactory = _ => 50 };
        var command = new Command(
            "incidents", "List incidents, newest first.\n\nExamples: opsbot incidents --all · opsbot incidents show INC-12 · opsbot incidents why INC-12")
        {
            config, data, json, all, limit, Show(), Why(),
        };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            if (parsed.GetValue(limit) < 1)
            {
                throw new UnusableInputException($"--limit {parsed.GetValue(limit)} is not a number of incidents; write 1 or more.");
            }

            await using var services = parsed.OpenStore(config, data);
            var status = parsed.GetValue(all) ? Array.Empty<IncidentStatus>() : [IncidentStatus.Open, IncidentStatus.Acknowledged];
            var found = await services.GetRequiredService<IIncidentReader>().ListAsync(status, parsed.GetValue(limit), 0, cancellationToken);
            var redactor = services.GetRequiredService<IRedactor>();
            found = [.. found.Select(incident => incident.Redacted(redactor))];
            if (parsed.GetValue(json))
            {
                CommonOptions.WriteJson(found);
                return ExitCode.Done;
            }

            foreach (var incident in found)
            {
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                    $"{incident.Name,-9} {incident.Status,-12} {incident.Severity,-8} {incident.StartedAt:yyyy-MM-dd HH:mm}Z  {PlainText.Line(incident.Title, 100)}  ({incident.Firing} firing, {incident.Events} events)"));
            }

            if (found.Count == 0)
            {
                await Console.Error.WriteLineAsync("No incidents" + (parsed.GetValue(all) ? "." : " that are not resolved; --all shows the others."));
            }

            if ((await services.GetRequiredService<IMessageReader>().CountAsync(cancellationToken)).Dead is > 0 and var dead)
            {
                // Of an alert that never became part of an incident no card tells.
                await Console.Error.WriteLineAsync(string.Create(CultureInfo.InvariantCulture,
                    $"{dead} {(dead == 1 ? "message" : "messages")} could not be handled, so an incident may be missing here; 'opsbot messages dead' says why."));
            }

            return ExitCode.Done;
        });
        return command;
    }

    private static Command Show()
    {
        var id = Incident();
        var (config, data, json) = (CommonOptions.Config(), CommonOptions.Data(), CommonOptions.Json());
        var command = new Command("show", "Print the status card and the replies of one incident.") { id, config, data, json };
        command.SetAction((parsed, cancellationToken) => ReadAsync(parsed, id, config, data, json, detail =>
        {
            Console.Write(CardTextRenderer.Render(CardBuilder.Build(detail), colours: !Console.IsOutputRedirected));
            foreach (var reply in detail.Replies)
            {
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {reply.At:HH:mm:ss}Z  {PlainText.Line(reply.Text, 2000)}"));
            }
        }, cancellationToken));
        return command;
    }

    private static Command Why()
    {
        var id = Incident();
        var (config, data, json) = (CommonOptions.Config(), CommonOptions.Data(), CommonOptions.Json());
        var command = new Command("why", "Say why each alert became part of the incident.") { id, config, data, json };
        command.SetAction((parsed, cancellationToken) => ReadAsync(parsed, id, config, data, json, detail =>
        {
            foreach (var join in detail.Joins)
            {
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                    $"{join.Reason,-12} {join.Score:0.00}  {join.Source}: {PlainText.Line(join.Title, 100)}  ({PlainText.Line(string.Join("; ", join.Parts), 300)})"));
            }
        }, cancellationToken));
        return command;
    }

    private static Argument<string> Incident() => new("incident") { Description = "INC-12, or only the number." };

    private static async Task<int> ReadAsync(
        ParseResult parsed, Argument<string> id, Option<string?> config, Option<string?> data, Option<bool> json,
        Action<IncidentDetail> write, CancellationToken cancellationToken)
    {
        var text = parsed.GetRequiredValue(id);
        if (!Names.TryParseIncident(text, out var number))
        {
            throw new UnusableInputException($"'{text}' is not an incident; write INC-12 or 12. 'opsbot incidents --all' lists them.");
        }

        await using var services = parsed.OpenStore(config, data);
        var detail = await services.GetRequiredService<IIncidentReader>().FindAsync(number, cancellationToken)
            ?? throw new UnusableInputException($"There is no incident {Names.Incident(number)}. 'opsbot incidents --all' lists them.");
        detail = detail.Redacted(services.GetRequiredService<IRedactor>());
        if (parsed.GetValue(json))
        {
            CommonOptions.WriteJson(detail);
        }
        else
        {
            write(detail);
        }

        return ExitCode.Done;
    }
}
