using OpsBot.Contracts.Apis;

namespace OpsBot.Diagnosis.Reporting;

/// <summary>What a change did to the APIs of its service, in a few lines.</summary>
internal static class ContractText
{
    private const int Most = 6;

    /// <param name="first">Those that matter most.</param>
    /// <returns>A line for each description, each with a line break before it; empty where there is nothing to say.</returns>
    public static string Of(IReadOnlyList<ContractComparison> contracts, IEnumerable<ApiChange> first) =>
        string.Concat(contracts.Select(contract => Line(contract, [.. first])).Where(line => line.Length > 0).Select(line => "\n" + line));

    private static string Line(ContractComparison contract, IReadOnlyList<ApiChange> first)
    {
        var which = contract.Name.Length > 0 ? $" {contract.Name}" : "";
        if (contract.Problem is { } problem)
        {
            return $"API description{which} not compared: {problem}";
        }

        if (contract.Changes.Count == 0)
        {
            return "";
        }

        var shown = contract.Changes.OrderByDescending(first.Contains).Take(Most).Select(Shown).ToList();
        var more = contract.Changes.Count + contract.More - shown.Count;
        return $"API{which}, against {contract.Previous}: {string.Join("; ", shown)}{(more > 0 ? $"; and {more} more" : "")}";
    }

    private static string Shown(ApiChange change) =>
        $"{change.Did(change.Subject)} ({(change.Severity == ApiChangeSeverity.Maybe ? "may break, " : "")}{change.Path}{(change.Hint is { } hint ? $", {hint}" : "")})";
}
