using System.Text.Json;

namespace OpsBot.Tests.Ingress;

/// <summary>Checks a document against the keywords of JSON Schema that our event schemas use; another keyword is an error in the schema.</summary>
internal static class SchemaCheck
{
    private static readonly string[] Remarks = ["$schema", "$id", "$defs", "title", "description"];

    public static IReadOnlyList<string> Errors(JsonElement schema, JsonElement value) => [.. Check(schema, schema, value, "$")];

    /// <summary>The same against one of the schema's definitions.</summary>
    public static IReadOnlyList<string> Errors(JsonElement schema, string definition, JsonElement value) =>
        [.. Check(schema, schema.GetProperty("$defs").GetProperty(definition), value, "$")];

    private static IEnumerable<string> Check(JsonElement root, JsonElement schema, JsonElement value, string path) =>
        schema.EnumerateObject().Where(keyword => !Remarks.Contains(keyword.Name)).SelectMany(keyword => keyword.Name switch
        {
            "type" => Types(keyword.Value).Any(type => Is(type, value)) ? [] : [$"{path} is no {keyword.Value}"],
            "enum" => keyword.Value.EnumerateArray().Any(word => JsonElement.DeepEquals(word, value)) ? [] : [$"{path} is none of {keyword.Value}"],
            "minLength" => value.ValueKind != JsonValueKind.String || value.GetString()!.Length >= keyword.Value.GetInt32() ? [] : [$"{path} is too short"],
            "format" => keyword.Value.GetString() != "date-time" || value.ValueKind != JsonValueKind.String || value.TryGetDateTimeOffset(out _)
                ? [] : [$"{path} is no time"],
            "required" => value.ValueKind != JsonValueKind.Object ? [] : keyword.Value.EnumerateArray().Select(name => name.GetString()!)
                .Where(name => !value.TryGetProperty(name, out _)).Select(name => $"{path}.{name} is missing"),
            "properties" => value.ValueKind != JsonValueKind.Object ? [] : keyword.Value.EnumerateObject()
                .Where(property => value.TryGetProperty(property.Name, out _))
                .SelectMany(property => Check(root, property.Value, value.GetProperty(property.Name), $"{path}.{property.Name}")),
            "additionalProperties" => value.ValueKind != JsonValueKind.Object ? [] : value.EnumerateObject()
                .SelectMany(property => Check(root, keyword.Value, property.Value, $"{path}.{property.Name}")),
            "items" => value.ValueKind != JsonValueKind.Array ? [] : value.EnumerateArray().SelectMany((item, i) => Check(root, keyword.Value, item, $"{path}[{i}]")),
            "anyOf" => keyword.Value.EnumerateArray().Any(one => !Check(root, one, value, path).Any()) ? [] : [$"{path} is none of the alternatives"],
            "$ref" when keyword.Value.GetString() == "#" => Check(root, root, value, path),
            "$ref" => Check(root, root.GetProperty("$defs").GetProperty(keyword.Value.GetString()!.Split('/')[^1]), value, path),
            _ => [$"the schema uses {keyword.Name}, which this check does not know"],
        });

    private static IEnumerable<string> Types(JsonElement type) =>
        type.ValueKind == JsonValueKind.Array ? type.EnumerateArray().Select(one => one.GetString()!) : [type.GetString()!];

    private static bool Is(string type, JsonElement value) => type switch
    {
        "object" => value.ValueKind == JsonValueKind.Object,
        "array" => value.ValueKind == JsonValueKind.Array,
        "string" => value.ValueKind == JsonValueKind.String,
        "boolean" => value.ValueKind is JsonValueKind.True or JsonValueKind.False,
        "null" => value.ValueKind == JsonValueKind.Null,
        "integer" => value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out _),
        "number" => value.ValueKind == JsonValueKind.Number,
        _ => false,
    };
}
