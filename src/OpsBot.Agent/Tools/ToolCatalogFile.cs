using System.Text.Json;

namespace OpsBot.Agent.Tools;

/// <summary>Reads a catalog from a file: a JSON array of <c>{"server","name","description","inputSchema"}</c>.</summary>
public static class ToolCatalogFile
{
    /// <summary>More than anybody has; what is larger is a mistake.</summary>
    public const int MaxTools = 20_000;

    private const int MaxName = 300;

    /// <exception cref="FormatException">It is not such an array; with the number of the tool, from 1.</exception>
    public static IReadOnlyList<ToolDescription> Read(Stream json)
    {
        ArgumentNullException.ThrowIfNull(json);
        try
        {
            using var document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = 256 });
            if (document.RootElement.ValueKind != JsonValueKind.Array)
            {
                throw new FormatException("a catalog is a JSON array of tools");
            }

            if (document.RootElement.GetArrayLength() is > MaxTools and var many)
            {
                throw new FormatException($"{many} tools; at most {MaxTools} are read");
            }

            var (tools, keys) = (new List<ToolDescription>(), new HashSet<string>(StringComparer.Ordinal));
            foreach (var each in document.RootElement.EnumerateArray())
            {
                var tool = Read(each, tools.Count + 1);
                if (!keys.Add(tool.Key))
                {
                    throw new FormatException($"tool {tools.Count + 1}: '{tool.Key}' is there twice");
                }

                tools.Add(tool);
            }

            return tools;
        }
        catch (JsonException broken)
        {
            throw new FormatException($"not JSON: {broken.Message}", broken);
        }
    }

    private static ToolDescription Read(JsonElement each, int number)
    {
        if (each.ValueKind != JsonValueKind.Object)
        {
            throw new FormatException($"tool {number}: not an object");
        }

        var schema = each.TryGetProperty("inputSchema", out var told) ? told.Clone() : default;
        return new ToolDescription(Name(each, "server", number), Name(each, "name", number), Text(each, "description") ?? "", schema);
    }

    private static string Name(JsonElement each, string member, int number) =>
        Text(each, member) is { Length: > 0 and <= MaxName } name ? name : throw new FormatException($"tool {number}: '{member}' is missing, no text, or longer than {MaxName}");

    private static string? Text(JsonElement each, string member) =>
        each.TryGetProperty(member, out var text) && text.ValueKind == JsonValueKind.String ? text.GetString() : null;
}
