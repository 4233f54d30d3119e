using System.CommandLine;
using OpsBot.Actions.Approvals;
using OpsBot.Actions.People;
using OpsBot.Contracts.Incidents;
using OpsBot.Contracts.Ports;

namespace OpsBot.Host.Cli;

internal static class ProposeCommand
{
    public static Command Create()
    {
        var action = new Argument<string>("action") { Description = "Name of the action; 'opsbot actions catalog' lists them." };
        var arguments = new Option<string[]>("--arg") { Description = "NAME=VALUE; once for each parameter." };
        var incident = new Option<string?>("--incident") { Description = "The incident it is for: INC-3." };
        var why = new Option<string>("--why") { Description = "Why, for those who approve.", Required = true };
        var (config, data, token) = (CommonOptions.Config(), CommonOptions.Data(), ActingPerson.TokenFile());
        var command = new Command("propose", "Propose an action. Its state and dry run are really run; somebody else has to approve it.")
        {
            action, arguments, incident, why, config, data, token,
        };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            await using var services = parsed.OpenStore(config, data);
            var person = parsed.Resolve(token, services.GetRequiredService<IPeople>());
            var about = await IncidentAsync(parsed.GetValue(incident), services.GetRequiredService<IIncidentReader>(), cancellationToken);
            var answer = await services.GetRequiredService<ProposalDesk>().ProposeAsync(
                new ProposalRequest(
                    parsed.GetRequiredValue(action), [Arguments(parsed.GetValue(arguments) ?? [])], person.Id, parsed.GetRequiredValue(why), [], about?.Id,
                    about?.Environment ?? ""),
                cancellationToken);
            return ActionsCommand.Tell(new Answer(answer.Accepted, answer.Text));
        });
        return command;
    }

    private static Dictionary<string, string> Arguments(string[] given)
    {
        var arguments = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var one in given)
        {
            var equals = one.IndexOf('=', StringComparison.Ordinal);
            if (equals < 1 || !arguments.TryAdd(one[..equals], one[(equals + 1)..]))
            {
                throw new UnusableInputException($"--arg '{one}' is not NAME=VALUE, or names a parameter twice.");
            }
        }

        return arguments;
    }

    private static async Task<Incident?> IncidentAsync(string? text, IIncidentReader reader, CancellationToken cancellationToken)
    {
        if (text is null)
        {
            return null;
        }

        if (!Names.TryParseIncident(text, out var id))
        {
            throw new UnusableInputException($"'{text}' is not an incident; write INC-12 or 12. 'opsbot incidents --all' lists them.");
        }

        return (await reader.FindAsync(id, cancellationToken))?.Incident
            ?? throw new UnusableInputException($"There is no incident {Names.Incident(id)}. 'opsbot incidents --all' lists them.");
    }
}
