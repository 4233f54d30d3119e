using System.Text.Json;

namespace OpsBot.Agent.Tools;

/// <summary>A tool as its server describes it. All of it is text from outside.</summary>
/// <param name="Server">Where it comes from: a server, a manifest, a dashboard.</param>
/// <param name="InputSchema">JSON Schema of its arguments; undefined where it tells none.</param>
public sealed record ToolDescription(string Server, string Name, string Description, JsonElement InputSchema)
{
    /// <summary>What it is called everywhere: <c>server/name</c>.</summary>
    public string Key => $"{Server}/{Name}";
}
