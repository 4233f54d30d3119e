using System.Globalization;
using OpsBot.Actions.Approvals;
using OpsBot.Contracts.Actions;
using OpsBot.Contracts.Events;
using OpsBot.Contracts.Ports;

namespace OpsBot.Handlers.Chat.Commands;

/// <summary>Approves or refuses a proposal, by words or by a button. Whether the person may is decided where all decisions are.</summary>
public abstract class DecideCommand(ProposalDesk desk, IActionReader actions, bool approve) : IChatCommand
{
    public abstract string Word { get; }

    public async Task<ChatDeed> DoAsync(Asked asked, CancellationToken cancellationToken)
    {
        var words = asked.Command.Arguments;
        if (words.Count == 0 || !ActionNames.TryParseProposal(words[0], out var number))
            return ChatDeed.Say($"Which proposal? Write for example: {Word} PROP-7", onlyAsker: true);
        var version = words.Count > 1 && words[1].StartsWith('v') && int.TryParse(words[1].AsSpan(1), NumberStyles.None, CultureInfo.InvariantCulture, out var said) ? said : (int?)null;
        if (await actions.FindProposalAsync(number, version, cancellationToken) is not { } seen)
            return ChatDeed.Say($"There is no {ActionNames.Proposal(number)}{(version is { } v ? FormattableString.Invariant($" v{v}") : "")}.", onlyAsker: true);
        if (version is null && seen.Proposal.Version > 1)
        {
            return ChatDeed.Say(
                FormattableString.Invariant($"{seen.Proposal.Name} has {seen.Proposal.Version} versions, so say which one you have looked at: {Word} {seen.Proposal.Name} v{seen.Proposal.Version}"),
                onlyAsker: true);
        }

        var reason = string.Join(' ', words.Skip(version is null ? 1 : 2));
        return await DecideAsync(asked.Asker, seen, reason.Length > 0 ? reason : null, cancellationToken);
    }

    /// <summary>A button: it names the version that the person saw, and what that was bound to never changes.</summary>
    public async Task<ChatDeed> DecideAsync(Asker asker, ChatChoice choice, CancellationToken cancellationToken) =>
        await actions.FindProposalAsync(choice.ProposalId, choice.Version, cancellationToken) is { } seen
            ? await DecideAsync(asker, seen, choice.Values.GetValueOrDefault("reason"), cancellationToken)
            : ChatDeed.Say(FormattableString.Invariant($"There is no {ActionNames.Proposal(choice.ProposalId)} v{choice.Version}."), onlyAsker: true);

    private async Task<ChatDeed> DecideAsync(Asker asker, ProposalView seen, string? reason, CancellationToken cancellationToken)
    {
        var answer = await desk.DecideAsync(
            new DecisionRequest(seen.Proposal.Id, seen.Proposal.Version, seen.Proposal.Binding.Hash, asker.Person!.Id, approve, reason), cancellationToken);
        // What counted is said in the thread by itself; a refusal concerns nobody but the one who pressed.
        return ChatDeed.Say(answer.Text, onlyAsker: true);
    }
}

public sealed class ApproveCommand(ProposalDesk desk, IActionReader actions) : DecideCommand(desk, actions, approve: true)
{
    public override string Word => "approve";
}

public sealed class RefuseCommand(ProposalDesk desk, IActionReader actions) : DecideCommand(desk, actions, approve: false)
{
    public override string Word => "refuse";
}
