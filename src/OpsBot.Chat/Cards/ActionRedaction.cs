using OpsBot.Contracts.Actions;
using OpsBot.Runtime.Redaction;

namespace OpsBot.Chat.Cards;

/// <summary>Takes secrets out of everything that is shown of proposals and runs, before any of it is cut.</summary>
public static class ActionRedaction
{
    // as much as a run keeps of its output, and more than anybody is shown
    private const int Longest = 32 * 1024;

    public static ProposalView Redacted(this ProposalView view, IRedactor redactor)
    {
        var proposal = view.Proposal;
        return view with
        {
            Proposal = proposal with
            {
                Why = Clear(proposal.Why, redactor),
                StatusReason = Maybe(proposal.StatusReason, redactor),
                Slots = proposal.Slots.Select(slot => slot with
                {
                    Arguments = Values(slot.Arguments, redactor),
                    State = Values(slot.State, redactor),
                    Run = Vector(slot.Run, redactor),
                    Undo = slot.Undo is { } undo ? Vector(undo, redactor) : null,
                    DryRun = slot.DryRun is { } dry ? dry with { Text = Clear(dry.Text, redactor) } : null,
                }).ToList(),
            },
            Approvals = view.Approvals.Select(approval => approval with { Reason = Maybe(approval.Reason, redactor) }).ToList(),
            Runs = view.Runs.Select(run => run.Redacted(redactor)).ToList(),
        };
    }

    public static ActionRun Redacted(this ActionRun run, IRedactor redactor) => run with
    {
        Command = Vector(run.Command, redactor),
        Undo = run.Undo is { } undo ? Vector(undo, redactor) : null,
        StateBefore = Values(run.StateBefore, redactor),
        OutputTail = Clear(run.OutputTail, redactor),
        Reason = Maybe(run.Reason, redactor),
    };

    private static List<string> Vector(IReadOnlyList<string> vector, IRedactor redactor) => vector.Select(argument => Clear(argument, redactor)).ToList();

    private static Dictionary<string, string> Values(IReadOnlyDictionary<string, string> values, IRedactor redactor) =>
        values.ToDictionary(pair => pair.Key, pair => Clear(pair.Value, redactor), StringComparer.Ordinal);

    private static string? Maybe(string? text, IRedactor redactor) => text is null ? null : Clear(text, redactor);

    // the end of an output is what matters
    private static string Clear(string text, IRedactor redactor) => redactor.Redact(text.Length > Longest ? text[^Longest..] : text);
}
