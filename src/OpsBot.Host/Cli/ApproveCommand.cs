using System.CommandLine;
using OpsBot.Actions.Approvals;
using OpsBot.Actions.People;
using OpsBot.Contracts.Actions;
using OpsBot.Contracts.Ports;

namespace OpsBot.Host.Cli;

internal static class ApproveCommand
{
    public static Command Create()
    {
        var id = new Argument<string>("proposal") { Description = "PROP-7, or only the number." };
        var version = new Option<int?>("--version") { Description = "The version that you looked at. Default: the only one that there is, as 'opsbot actions show' prints it." };
        var refuse = new Option<bool>("--refuse") { Description = "Refuse it instead." };
        var reason = new Option<string?>("--reason") { Description = "Why, for the thread and the audit." };
        var (config, data, token) = (CommonOptions.Config(), CommonOptions.Data(), ActingPerson.TokenFile());
        var command = new Command(
            "approve", "Approve a proposal, or refuse it.\n\nExamples: opsbot approve PROP-7 · opsbot approve PROP-7 --version 2 · opsbot approve PROP-7 --refuse --reason \"wrong region\"")
        {
            id, version, refuse, reason, config, data, token,
        };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var number = ActionsCommand.ProposalNumber(parsed.GetRequiredValue(id));
            await using var services = parsed.OpenStore(config, data);
            var person = parsed.Resolve(token, services.GetRequiredService<IPeople>());
            var seen = await services.GetRequiredService<IActionReader>().FindProposalAsync(number, parsed.GetValue(version), cancellationToken)
                ?? throw new UnusableInputException(
                    $"There is no {ActionNames.Proposal(number)}{(parsed.GetValue(version) is { } v ? FormattableString.Invariant($" version {v}") : "")}. 'opsbot actions list' shows those that there are.");
            if (parsed.GetValue(version) is null && seen.Proposal.Version > 1)
            {
                throw new UnusableInputException(
                    $"{seen.Proposal.Name} has {seen.Proposal.Version} versions, so say which one you have looked at: --version {seen.Proposal.Version} is the newest, and 'opsbot actions show {seen.Proposal.Name}' prints it.");
            }

            var answer = await services.GetRequiredService<ProposalDesk>().DecideAsync(
                new DecisionRequest(number, seen.Proposal.Version, seen.Proposal.Binding.Hash, person.Id, !parsed.GetValue(refuse), parsed.GetValue(reason)),
                cancellationToken);
            return ActionsCommand.Tell(answer);
        });
        return command;
    }
}
