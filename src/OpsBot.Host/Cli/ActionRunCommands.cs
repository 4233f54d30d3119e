using System.CommandLine;
using OpsBot.Actions.Execution;
using OpsBot.Actions.People;
using OpsBot.Chat.Cards;
using OpsBot.Contracts;
using OpsBot.Contracts.Actions;
using OpsBot.Contracts.Ports;
using OpsBot.Runtime.Redaction;

namespace OpsBot.Host.Cli;

/// <summary>Runs of actions: <c>actions runs</c> lists them, <c>actions attach</c> shows one at work, <c>actions settle</c> says what nobody else can.</summary>
internal static class ActionRunCommands
{
    public static Command Runs()
    {
        var (config, data, json) = (CommonOptions.Config(), CommonOptions.Data(), CommonOptions.Json());
        var all = new Option<bool>("--all") { Description = "Those that are over too." };
        var command = new Command("runs", "List runs that are at work or wait for a person, newest first.") { config, data, json, all };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            await using var services = parsed.OpenStore(config, data);
            var redactor = services.GetRequiredService<IRedactor>();
            var found = (await services.GetRequiredService<IActionReader>().RunsAsync([], 200, cancellationToken))
                .Where(run => parsed.GetValue(all) || !run.IsOver || run.HoldsTarget).Select(run => run.Redacted(redactor)).ToList();
            if (parsed.GetValue(json))
            {
                CommonOptions.WriteJson(found);
                return ExitCode.Done;
            }

            foreach (var run in found)
            {
                Console.WriteLine(
                    $"{run.Name}  {run.Status.ToString().ToLowerInvariant()}  {ActionNames.Proposal(run.ProposalId)}  {PlainText.Line(run.Action, 60)} on {PlainText.Line(run.Target, 100)}"
                    + $"{(run.StartedAt is { } at ? $"  since {OpsBotJson.Format(at)}" : "")}{(run.HoldsTarget ? "  holds its target" : "")}  {PlainText.Line(run.Reason ?? "", 300)}");
            }

            if (found.Count == 0)
            {
                await Console.Error.WriteLineAsync("No runs" + (parsed.GetValue(all) ? "." : " at work; --all shows the others."));
            }

            return ExitCode.Done;
        });
        return command;
    }

    public static Command Attach()
    {
        var name = new Argument<string>("run") { Description = "RUN-12, or only the number." };
        var type = new Option<bool>("--type") { Description = "Also hand on what you type; otherwise you only look." };
        var (config, data) = (CommonOptions.Config(), CommonOptions.Data());
        var command = new Command(
            "attach", "Look at the terminal of a command that is at work on this machine; its action has 'terminal: true'. Leave it with Ctrl-b d.\n\nExample: opsbot actions attach RUN-12")
        {
            name, type, config, data,
        };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            await using var services = parsed.OpenStore(config, data);
            var id = Number(parsed.GetRequiredValue(name));
            var run = (await services.GetRequiredService<IActionReader>().RunsAsync([], 1000, cancellationToken)).FirstOrDefault(each => each.Id == id)
                ?? throw new UnusableInputException($"There is no {ActionNames.Run(id)}; 'opsbot actions runs --all' lists them.");
            IReadOnlyList<string> vector;
            try
            {
                vector = services.GetRequiredService<RunTerminals>().Attach(run, parsed.GetValue(type));
            }
            catch (InvalidOperationException none)
            {
                await Console.Error.WriteLineAsync(none.Message);
                return ExitCode.Failed;
            }

            using var shown = System.Diagnostics.Process.Start(vector[0], vector.Skip(1));
            await shown.WaitForExitAsync(cancellationToken);
            return shown.ExitCode == 0 ? ExitCode.Done : ExitCode.Failed;
        });
        return command;
    }

    public static Command Settle()
    {
        var name = new Argument<string>("run") { Description = "RUN-12, or only the number." };
        var done = new Option<bool>("--done") { Description = "It was done, and all is well." };
        var notDone = new Option<bool>("--not-done") { Description = "It was not done, or you have put it right by hand." };
        var undo = new Option<bool>("--undo") { Description = "Have it undone." };
        var reason = new Option<string>("--reason") { Description = "How you know.", Required = true };
        var (config, data, token) = (CommonOptions.Config(), CommonOptions.Data(), ActingPerson.TokenFile());
        var command = new Command(
            "settle", "Say what became of a run that failed or that nobody can judge; its target is free after that.\n\nExample: OPSBOT_TOKEN=… opsbot actions settle RUN-12 --not-done --reason \"replica count is as before\"")
        {
            name, done, notDone, undo, reason, config, data, token,
        };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var id = Number(parsed.GetRequiredValue(name));
            Settlement[] said =
            [
                .. parsed.GetValue(done) ? [Settlement.Done] : Array.Empty<Settlement>(), .. parsed.GetValue(notDone) ? [Settlement.NotDone] : Array.Empty<Settlement>(),
                .. parsed.GetValue(undo) ? [Settlement.Undo] : Array.Empty<Settlement>(),
            ];
            if (said is not [var how])
            {
                throw new UnusableInputException("Say one of --done, --not-done and --undo.");
            }

            await using var services = parsed.OpenStore(config, data);
            var person = parsed.Resolve(token, services.GetRequiredService<IPeople>());
            var answer = await services.GetRequiredService<SettleDesk>().SettleAsync(person, id, how, parsed.GetRequiredValue(reason), cancellationToken);
            (answer.Accepted ? Console.Out : Console.Error).WriteLine(PlainText.Line(answer.Text, 2000).Value);
            return answer.Accepted ? ExitCode.Done : ExitCode.Failed;
        });
        return command;
    }

    private static long Number(string text) => ActionNames.TryParseRun(text, out var id)
        ? id
        : throw new UnusableInputException($"'{PlainText.Line(text, 60)}' is not a run; write RUN-12 or 12. 'opsbot actions runs' lists them.");
}
