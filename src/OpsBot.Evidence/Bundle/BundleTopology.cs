using System.Text.Json;
using OpsBot.Contracts.Diagnoses;

namespace OpsBot.Evidence.Bundle;

/// <summary><c>topology.json</c>: who calls whom and what runs where.</summary>
internal sealed class BundleTopology(BundleFolder folder) : BundleSource(folder, "topology")
{
    protected override Observations? Collect(EvidenceRequest request, List<SourceProblem> problems, CancellationToken cancellationToken)
    {
        if (Folder.Find("topology.json") is not { } file)
        {
            return null;
        }

        using var document = ReadJson(file, request.Bounds);
        if (document is { RootElement.ValueKind: not JsonValueKind.Object and var kind })
        {
            throw new InvalidDataException($"{file} holds {kind} where an object with 'calls' and 'runsOn' was expected");
        }

        var (calls, badCalls) = Pairs(document, "calls");
        var (runsOn, badRunsOn) = Pairs(document, "runsOn");
        ReportBad(problems, file, badCalls + badRunsOn);
        return new Observations { Calls = calls, RunsOn = runsOn, LookedAt = [$"{calls.Count} calls and {runsOn.Count} placements of the topology"] };
    }

    private static (List<(string, string)> Pairs, int Bad) Pairs(JsonDocument? document, string name)
    {
        var pairs = new List<(string, string)>();
        var bad = 0;
        if (document?.RootElement.Get(name) is { ValueKind: JsonValueKind.Array } list)
        {
            foreach (var item in list.EnumerateArray())
            {
                if (item.ValueKind == JsonValueKind.Array && item.GetArrayLength() == 2
                    && item[0].ValueKind == JsonValueKind.String && item[1].ValueKind == JsonValueKind.String)
                {
                    pairs.Add((item[0].GetString()!, item[1].GetString()!));
                }
                else
                {
                    bad++;
                }
            }
        }

        return (pairs, bad);
    }
}
