using System.Globalization;
using System.Text;
using OpsBot.Actions.People;
using OpsBot.Chat.Cards;
using OpsBot.Contracts.Actions;

namespace OpsBot.Host.Cli;

/// <summary>A proposal for the terminal. Whatever it shows was redacted before.</summary>
internal static class ProposalText
{
    public static string Line(ProposalView view)
    {
        var proposal = view.Proposal;
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{proposal.Name,-9} v{proposal.Version}  {Word(proposal.Status),-9} {PlainText.Line(proposal.Title, 80)}  {PlainText.Line(proposal.Slots[0].Target, 80)}  {view.Approvals.Count(Counts)} of {proposal.Quorum} approvals, until {proposal.ExpiresAt:HH:mm}Z");
    }

    public static string Stopped(ActionSwitch stop, IPeople people) => string.Create(
        CultureInfo.InvariantCulture,
        $"Actions are stopped since {stop.StoppedAt:yyyy-MM-dd HH:mm}Z by {NameOf(people, stop.StoppedBy)}: {PlainText.Line(stop.Reason ?? "no reason given", 300)}. 'opsbot actions resume' ends it.");

    public static string Full(ProposalView view, IPeople people)
    {
        var (proposal, text) = (view.Proposal, new StringBuilder());
        void Say(string name, string? value)
        {
            if (!string.IsNullOrEmpty(value))
            {
                text.Append(CultureInfo.InvariantCulture, $"  {name,-10} {PlainText.Line(value, 1000)}\n");
            }
        }

        text.Append(CultureInfo.InvariantCulture, $"{proposal.Name} version {proposal.Version}: {PlainText.Line(proposal.Title, 300)}\n");
        Say("status", Word(proposal.Status) + (proposal.StatusReason is { } reason ? $": {reason}" : ""));
        Say("why", proposal.Why);
        Say("evidence", string.Join(", ", proposal.Evidence));
        Say("by", $"{NameOf(people, proposal.ProposedBy)}, {proposal.CreatedAt:yyyy-MM-dd HH:mm}Z");
        Say("where", proposal.Environment.Length > 0 ? proposal.Environment : "nobody says; the rules and freezes of every environment hold");
        Say("risk", Word(proposal.Risk));
        Say("approval", string.Create(CultureInfo.InvariantCulture, $"{proposal.Quorum} with the role {string.Join(" or ", proposal.ApproverRoles)}, until {proposal.ExpiresAt:HH:mm}Z"));
        Say("gates", string.Join(", ", proposal.GatesBefore.Concat(proposal.GatesAfter).Distinct(StringComparer.Ordinal)));
        Say("binding", proposal.Binding.Hash);
        foreach (var slot in proposal.Slots)
        {
            Say("target", slot.Target);
            Say("run", Vector(slot.Run));
            Say("undo", slot.Undo is null ? "none" : Vector(slot.Undo));
            Say("state", string.Join(", ", slot.State.Select(field => $"{field.Key}={field.Value}")));
            if (slot.DryRun is { } dry)
            {
                text.Append(CultureInfo.InvariantCulture, $"  dry run (exit {dry.ExitCode}):\n    {PlainText.Block(dry.Text, 4000).Value.ReplaceLineEndings("\n    ")}\n");
            }
        }

        foreach (var approval in view.Approvals)
        {
            var worth = approval.VoidedBecause is { } because ? $" (void: {because})" : "";
            Say(approval.Approved ? "approved" : "refused", $"{NameOf(people, approval.Person)}, {approval.At:HH:mm}Z{(approval.Reason is { } said ? $": {said}" : "")}{worth}");
        }

        foreach (var run in view.Runs)
        {
            Say(run.Name, Word(run.Status) + (run.Reason is { } said ? $": {said}" : ""));
        }

        return text.ToString();
    }

    private static bool Counts(Approval approval) => approval is { Approved: true, VoidedBecause: null };

    /// <summary>Quoted where one argument could be read as two.</summary>
    private static string Vector(IReadOnlyList<string> vector) =>
        string.Join(' ', vector.Select(argument => argument.Length > 0 && argument.All(c => char.IsAsciiLetterOrDigit(c) || "-_./:=@+,%".Contains(c)) ? argument : $"'{argument}'"));

    private static string NameOf(IPeople people, string? id) => id switch
    {
        null => "somebody",
        Actors.OpsBot => "OpsBot",
        _ => people.Find(id)?.Name ?? id,
    };

    private static string Word<T>(T value)
        where T : struct, Enum => value.ToString().ToLowerInvariant();
}
