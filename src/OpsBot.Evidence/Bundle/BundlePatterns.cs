using OpsBot.Contracts.Diagnoses;

namespace OpsBot.Evidence.Bundle;

/// <summary><c>patterns.json</c>: log clusters that the log store has counted.</summary>
internal sealed class BundlePatterns(BundleFolder folder) : BundleSource(folder, "patterns")
{
    protected override Observations? Collect(EvidenceRequest request, List<SourceProblem> problems, CancellationToken cancellationToken)
    {
        if (Folder.Find("patterns.json") is not { } file)
        {
            return null;
        }

        var patterns = ReadRows(file, request.Bounds, problems, (json, row) =>
            json.Text("signature") is { } signature && json.Number("count") is { } count
                ? new LogPattern(signature, json.Text("service"), count, json.Number("deltaVsBaseline"), $"patterns.json row {row + 1}")
                : null);
        return new Observations { Patterns = patterns, LookedAt = [$"{patterns.Count} log clusters counted by the log store"] };
    }
}
