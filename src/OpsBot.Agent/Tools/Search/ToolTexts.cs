using System.Text.Json;
using System.Text.RegularExpressions;
using OpsBot.Runtime.Search;

namespace OpsBot.Agent.Tools.Search;

/// <summary>What of a tool is searched, as terms of each field.</summary>
/// <param name="Opening">First sentence of the description: what it does; what follows is how.</param>
internal sealed partial record ToolTexts(
    IReadOnlyList<string> Name, IReadOnlyList<string> Server, IReadOnlyList<string> Opening, IReadOnlyList<string> Description,
    IReadOnlyList<string> Parameters, IReadOnlyList<string> ParameterTexts)
{
    private const int MaxText = 20_000;
    private const int MaxDepth = 5;
    private const int MaxParameters = 400;
    private const int MaxValues = 20;

    public static ToolTexts Of(ToolDescription tool)
    {
        var (names, texts) = (new List<string>(), new List<string>());
        Schema(tool.InputSchema, names, texts, 0);
        var description = Bounded(tool.Description);
        return new ToolTexts(
            Terms(tool.Name), Terms(tool.Server), Terms(Sentence().Split(description.Trim(), 2)[0]), Terms(description),
            Terms(string.Join(" . ", names)), Terms(string.Join(" . ", texts)));
    }

    /// <summary>In the order of <see cref="ToolIndex.Weights"/>.</summary>
    public IReadOnlyList<IReadOnlyList<string>> Fields => [Name, Server, Opening, Description, Parameters, ParameterTexts];

    private static List<string> Terms(string text) => [.. Words.Of(text).Where(word => !word.Whole).Select(word => word.Term)];

    private static void Schema(JsonElement schema, List<string> names, List<string> texts, int depth)
    {
        if (depth > MaxDepth || schema.ValueKind != JsonValueKind.Object)
        {
            return;
        }

        if (schema.TryGetProperty("properties", out var properties) && properties.ValueKind == JsonValueKind.Object)
        {
            foreach (var property in properties.EnumerateObject())
            {
                if (names.Count >= MaxParameters)
                {
                    return;
                }

                names.Add(Bounded(property.Name));
                Told(property.Value, texts);
                Schema(property.Value, names, texts, depth + 1);
            }
        }

        if (schema.TryGetProperty("items", out var items))
        {
            Schema(items, names, texts, depth + 1);
        }
    }

    private static void Told(JsonElement property, List<string> texts)
    {
        if (property.ValueKind != JsonValueKind.Object)
        {
            return;
        }

        if (property.TryGetProperty("description", out var description) && description.ValueKind == JsonValueKind.String)
        {
            texts.Add(Bounded(description.GetString()!));
        }

        if (property.TryGetProperty("enum", out var values) && values.ValueKind == JsonValueKind.Array)
        {
            texts.AddRange(values.EnumerateArray().Take(MaxValues).Select(value => Bounded(value.ToString())));
        }
    }

    private static string Bounded(string text) => text.Length <= MaxText ? text : text[..MaxText];

    [GeneratedRegex(@"(?<=[.!?])\s|。|\n", RegexOptions.None, 1000)]
    private static partial Regex Sentence();
}
