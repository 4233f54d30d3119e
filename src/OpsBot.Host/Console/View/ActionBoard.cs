using OpsBot.Contracts.Actions;
using OpsBot.Contracts.Incidents;

namespace OpsBot.Host.WebConsole.View;

/// <summary>What waits, what runs, what ran, and whether anything may.</summary>
/// <param name="Proposals">Those that wait for somebody or for their run.</param>
/// <param name="Answer">What became of the click that led here.</param>
public sealed record ActionBoard(
    IReadOnlyList<ProposalView> Proposals, IReadOnlyList<ActionRun> Running, IReadOnlyList<ActionRun> Past, ActionSwitch Switch, string? Answer)
{
    public const int Limit = 50;
}

/// <summary>The thread of one incident.</summary>
/// <param name="Answer">What became of the click that led here.</param>
public sealed record ThreadView(IncidentDetail Detail, ActionSwitch Switch, string? Answer);

/// <summary>The newest lines of the audit.</summary>
/// <param name="Subject">Only lines of this thing; null for all.</param>
/// <param name="Verified">What the verification found that was asked for; null where none was.</param>
public sealed record AuditBoard(IReadOnlyList<AuditRow> Rows, string? Subject, AuditCheck? Verified)
{
    public const int Limit = 200;
}

/// <summary>Whether the audit is whole, in a sentence.</summary>
public sealed record AuditCheck(bool Whole, string Text);
