using System.CommandLine;
using OpsBot.Actions.Closing;
using OpsBot.Actions.People;
using OpsBot.Contracts.Actions;
using OpsBot.Contracts.Incidents;
using OpsBot.Contracts.Ports;

namespace OpsBot.Host.Cli;

/// <summary>What a person asks of an incident: <c>resolve</c> and <c>ack</c>.</summary>
internal static class IncidentRequestCommands
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(100);

    public static Command Resolve() => Create(
        "resolve", "Close an incident, if its gates let you.\n\nExample: OPSBOT_TOKEN=… opsbot resolve INC-3",
        (requests, person, id, ct) => requests.ResolveAsync(person, id, ct), "closed", "close-denied");

    public static Command Acknowledge() => Create(
        "ack", "Take an incident on.\n\nExample: OPSBOT_TOKEN=… opsbot ack INC-3",
        (requests, person, id, ct) => requests.AcknowledgeAsync(person, id, ct), "acknowledged");

    /// <param name="ends">Kinds of audit rows that tell what became of it; the first is what was asked for.</param>
    private static Command Create(
        string verb, string description, Func<IncidentRequests, Person, long, CancellationToken, Task<Requested>> ask, params string[] ends)
    {
        var incident = new Argument<string>("incident") { Description = "INC-12, or only the number." };
        var wait = new Option<int>("--wait") { Description = "Seconds to wait for a running 'opsbot serve' to do it. Default 60.", DefaultValueFactory = _ => 60 };
        var (config, data, token) = (CommonOptions.Config(), CommonOptions.Data(), ActingPerson.TokenFile());
        var command = new Command(verb, description) { incident, config, data, token, wait };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var text = parsed.GetRequiredValue(incident);
            if (!Names.TryParseIncident(text, out var id))
            {
                throw new UnusableInputException($"'{text}' is not an incident; write INC-12 or 12. 'opsbot incidents --all' lists them.");
            }

            await using var services = parsed.OpenStore(config, data);
            var person = parsed.Resolve(token, services.GetRequiredService<IPeople>());
            var audit = services.GetRequiredService<IAuditReader>();
            var before = (await audit.NewestAsync(Names.Incident(id), 1, cancellationToken)).Select(row => row.Seq).FirstOrDefault();
            var (answer, pending) = await ask(services.GetRequiredService<IncidentRequests>(), person, id, cancellationToken);
            if (!answer.Accepted)
            {
                throw new UnusableInputException(answer.Text);
            }

            await Console.Error.WriteLineAsync(answer.Text);
            return pending
                ? await EndAsync(audit, Names.Incident(id), before, ends, TimeSpan.FromSeconds(parsed.GetValue(wait)), cancellationToken)
                : ExitCode.Done;
        });
        return command;
    }

    private static async Task<int> EndAsync(
        IAuditReader audit, string subject, long before, string[] ends, TimeSpan patience, CancellationToken cancellationToken)
    {
        var begun = TimeProvider.System.GetTimestamp();
        do
        {
            var rows = await audit.NewestAsync(subject, 20, cancellationToken);
            if (rows.FirstOrDefault(row => row.Seq > before && ends.Contains(row.Kind)) is { } end)
            {
                Console.WriteLine($"{subject} {end.Kind}: {end.Body}");
                return end.Kind == ends[0] ? ExitCode.Done : ExitCode.Failed;
            }

            await Task.Delay(Look, TimeProvider.System, cancellationToken);
        }
        while (TimeProvider.System.GetElapsedTime(begun) < patience);
        await Console.Error.WriteLineAsync("Nobody has done it yet; it is kept, and a running 'opsbot serve' takes it up.");
        return ExitCode.Done;
    }
}
