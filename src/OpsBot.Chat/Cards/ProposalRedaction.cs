using OpsBot.Contracts.Actions;
using OpsBot.Runtime.Redaction;

namespace OpsBot.Chat.Cards;

/// <summary>Takes secrets out of proposals before they are shown: vectors and states are kept as they are, because approvals are bound to them.</summary>
public static class ProposalRedaction
{
    public static ProposalView Redacted(this ProposalView view, IRedactor redactor) => new(
        view.Proposal with
        {
            Title = redactor.Redact(view.Proposal.Title),
            Why = redactor.Redact(view.Proposal.Why),
            StatusReason = redactor.Maybe(view.Proposal.StatusReason),
            Slots = [.. view.Proposal.Slots.Select(slot => slot.Redacted(redactor))],
        },
        [.. view.Approvals.Select(approval => approval with { Reason = redactor.Maybe(approval.Reason), VoidedBecause = redactor.Maybe(approval.VoidedBecause) })],
        [.. view.Runs.Select(run => run.Redacted(redactor))]);

    public static ActionRun Redacted(this ActionRun run, IRedactor redactor) => run with
    {
        Target = redactor.Redact(run.Target),
        Command = redactor.All(run.Command),
        Undo = run.Undo is null ? null : redactor.All(run.Undo),
        StateBefore = redactor.All(run.StateBefore),
        OutputTail = redactor.Redact(run.OutputTail),
        Reason = redactor.Maybe(run.Reason),
    };

    private static ProposalSlot Redacted(this ProposalSlot slot, IRedactor redactor) => slot with
    {
        Arguments = redactor.All(slot.Arguments),
        Target = redactor.Redact(slot.Target),
        Run = redactor.All(slot.Run),
        Undo = slot.Undo is null ? null : redactor.All(slot.Undo),
        State = redactor.All(slot.State),
        DryRun = slot.DryRun is { } dry ? dry with { Text = redactor.Redact(dry.Text) } : null,
    };

    private static string? Maybe(this IRedactor redactor, string? text) => text is null ? null : redactor.Redact(text);

    private static string[] All(this IRedactor redactor, IReadOnlyList<string> texts) => [.. texts.Select(redactor.Redact)];

    // Together with its name, since it is the name that tells what "hunter2" is.
    private static Dictionary<string, string> All(this IRedactor redactor, IReadOnlyDictionary<string, string> fields) => fields.ToDictionary(
        field => field.Key,
        field => redactor.Redact($"{field.Key}={field.Value}") is var whole && whole.StartsWith($"{field.Key}=", StringComparison.Ordinal)
            ? whole[(field.Key.Length + 1)..]
            : "***");
}
