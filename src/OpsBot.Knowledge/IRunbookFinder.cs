using OpsBot.Contracts.Diagnoses;

namespace OpsBot.Knowledge;

/// <summary>Finds the runbook for an alert.</summary>
public interface IRunbookFinder
{
    /// <summary>Best first; empty where none fits.</summary>
    IReadOnlyList<RunbookMatch> Find(RunbookQuery query, int limit);
}

/// <summary>What is known of the alert. All of it is text from outside.</summary>
public sealed record RunbookQuery(
    string? Name, string? Summary, string? Description, string? Expression, IReadOnlyDictionary<string, string> Labels);
