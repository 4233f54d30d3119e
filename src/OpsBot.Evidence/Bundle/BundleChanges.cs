using System.Text.Json;
using OpsBot.Contracts.Diagnoses;
using OpsBot.Contracts.Events;

namespace OpsBot.Evidence.Bundle;

/// <summary><c>changes.json</c>: deploys, configuration, flags, commits and scalings.</summary>
internal sealed class BundleChanges(BundleFolder folder) : BundleSource(folder, "changes")
{
    protected override Observations? Collect(EvidenceRequest request, List<SourceProblem> problems, CancellationToken cancellationToken)
    {
        if (Folder.Find("changes.json") is not { } file)
        {
            return null;
        }

        var changes = ReadRows(file, request.Bounds, problems, Read);
        return new Observations { Changes = changes, LookedAt = [$"{changes.Count} changes"] };
    }

    private static ChangeRecord? Read(JsonElement json, int row) =>
        json.Text("id") is { } id && json.Time("time") is { } time
            ? new ChangeRecord(
                id,
                Enum.TryParse<ChangeKind>(json.Text("kind"), ignoreCase: true, out var kind) ? kind : ChangeKind.Deploy,
                json.Text("service"), time, json.Text("version"), json.Text("commit"), json.Text("author"), json.Text("summary"), json.Text("diff"),
                json.Texts("files"), json.Texts("oldInstances"), json.Texts("newInstances"), $"changes.json row {row + 1}")
            : null;
}
