using System.CommandLine;
using OpsBot.Actions.Approvals;
using OpsBot.Actions.Catalog;
using OpsBot.Actions.People;
using OpsBot.Chat.Cards;
using OpsBot.Contracts.Actions;
using OpsBot.Contracts.Ports;
using OpsBot.Runtime.Redaction;

namespace OpsBot.Host.Cli;

internal static class ActionsCommand
{
    private static readonly ProposalStatus[] Live = [ProposalStatus.Open, ProposalStatus.Approved, ProposalStatus.Running];

    public static Command Create() => new(
        "actions",
        "Proposals, runs, the catalog and the kill switch.\n\n"
        + "Examples: opsbot actions list · opsbot actions show PROP-7 · opsbot actions propose restart-unit --arg unit=cart --why \"it hangs\" · opsbot actions settle RUN-12 --not-done --reason \"it is as before\" · opsbot actions stop --reason migration")
    {
        List(), Catalog(), Show(), ProposeCommand.Create(), ActionRunCommands.Runs(), ActionRunCommands.Attach(), ActionRunCommands.Settle(), Stop(), Resume(),
    };

    /// <exception cref="UnusableInputException">It is not the name of a proposal.</exception>
    public static long ProposalNumber(string text) => ActionNames.TryParseProposal(text, out var id)
        ? id
        : throw new UnusableInputException($"'{PlainText.Line(text, 60)}' is not a proposal; write PROP-7 or 7. 'opsbot actions list' shows those that there are.");

    /// <summary>Prints an answer; a refusal is exit status 1.</summary>
    public static int Tell(Answer answer)
    {
        (answer.Accepted ? Console.Out : Console.Error).WriteLine(PlainText.Line(answer.Text, 2000).Value);
        return answer.Accepted ? ExitCode.Done : ExitCode.Failed;
    }

    private static Command List()
    {
        var (config, data, json) = (CommonOptions.Config(), CommonOptions.Data(), CommonOptions.Json());
        var all = new Option<bool>("--all") { Description = "Those that are over too." };
        var command = new Command("list", "List proposals, newest first.") { config, data, json, all };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            await using var services = parsed.OpenStore(config, data);
            var (reader, redactor) = (services.GetRequiredService<IActionReader>(), services.GetRequiredService<IRedactor>());
            var found = await reader.ProposalsAsync(null, parsed.GetValue(all) ? [] : Live, 200, cancellationToken);
            found = [.. found.Select(view => view.Redacted(redactor))];
            if (parsed.GetValue(json))
            {
                CommonOptions.WriteJson(found);
                return ExitCode.Done;
            }

            foreach (var view in found)
            {
                Console.WriteLine(ProposalText.Line(view));
            }

            if (found.Count == 0)
            {
                await Console.Error.WriteLineAsync("No proposals" + (parsed.GetValue(all) ? "." : " that wait or run; --all shows the others."));
            }

            if (await reader.SwitchAsync(cancellationToken) is { IsStopped: true } stop)
            {
                await Console.Error.WriteLineAsync(ProposalText.Stopped(stop, services.GetRequiredService<IPeople>()));
            }

            return ExitCode.Done;
        });
        return command;
    }

    private static Command Catalog()
    {
        var (config, data, json) = (CommonOptions.Config(), CommonOptions.Data(), CommonOptions.Json());
        var command = new Command("catalog", "List the actions that can be proposed.") { config, data, json };
        command.SetAction(parsed =>
        {
            using var services = parsed.OpenStore(config, data);
            var actions = services.GetRequiredService<IActionCatalog>().All;
            if (parsed.GetValue(json))
            {
                CommonOptions.WriteJson(actions.Select(action => new
                {
                    action.Name,
                    action.Description,
                    action.Risk,
                    action.Target,
                    Parameters = action.Parameters.Select(parameter => parameter.Name),
                }));
                return ExitCode.Done;
            }

            foreach (var action in actions)
            {
                Console.WriteLine($"{action.Name}  {action.Risk.ToString().ToLowerInvariant()}  {PlainText.Line(action.Description, 120)}  {string.Join(' ', action.Parameters.Select(parameter => $"{parameter.Name}="))}");
            }

            return ExitCode.Done;
        });
        return command;
    }

    private static Command Show()
    {
        var id = new Argument<string>("proposal") { Description = "PROP-7, or only the number." };
        var version = new Option<int?>("--version") { Description = "An earlier version." };
        var (config, data, json) = (CommonOptions.Config(), CommonOptions.Data(), CommonOptions.Json());
        var command = new Command("show", "Print one proposal: what would run, why, its dry run, its undo, and who decided what.") { id, version, config, data, json };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var number = ProposalNumber(parsed.GetRequiredValue(id));
            await using var services = parsed.OpenStore(config, data);
            var view = await services.GetRequiredService<IActionReader>().FindProposalAsync(number, parsed.GetValue(version), cancellationToken)
                ?? throw new UnusableInputException($"There is no {ActionNames.Proposal(number)}. 'opsbot actions list' shows those that there are.");
            view = view.Redacted(services.GetRequiredService<IRedactor>());
            if (parsed.GetValue(json))
            {
                CommonOptions.WriteJson(view);
            }
            else
            {
                Console.Write(ProposalText.Full(view, services.GetRequiredService<IPeople>()));
            }

            return ExitCode.Done;
        });
        return command;
    }

    private static Command Stop()
    {
        var reason = new Option<string>("--reason") { Description = "Why; everybody who tries to approve is told.", Required = true };
        var (config, data, token) = (CommonOptions.Config(), CommonOptions.Data(), ActingPerson.TokenFile());
        var command = new Command("stop", "Let no action start, on any host, until 'opsbot actions resume'. What runs is left to end.") { reason, config, data, token };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            await using var services = parsed.OpenStore(config, data);
            var person = parsed.Resolve(token, services.GetRequiredService<IPeople>());
            return Tell(await services.GetRequiredService<IKillSwitch>().StopAsync(person, parsed.GetRequiredValue(reason), cancellationToken));
        });
        return command;
    }

    private static Command Resume()
    {
        var (config, data, token) = (CommonOptions.Config(), CommonOptions.Data(), ActingPerson.TokenFile());
        var command = new Command("resume", "Let actions start again.") { config, data, token };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            await using var services = parsed.OpenStore(config, data);
            return Tell(await services.GetRequiredService<IKillSwitch>().ResumeAsync(parsed.Resolve(token, services.GetRequiredService<IPeople>()), cancellationToken));
        });
        return command;
    }
}
