using System.Text.Json;

namespace OpsBot.Signals.ApiDiff;

/// <summary>A schema that stands alone: of a message, a file, a topic. It does not say who writes and who reads.</summary>
internal static class JsonSchemaReader
{
    public static ApiDescription Read(JsonElement root)
    {
        var description = new ApiDescription(ApiFormat.JsonSchema);
        description.Types[""] = new SchemaTypes(root).Of(root);
        return description;
    }
}
