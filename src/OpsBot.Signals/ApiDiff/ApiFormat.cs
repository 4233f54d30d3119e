using System.Text;
using System.Text.Json;

namespace OpsBot.Signals.ApiDiff;

/// <summary>How an API is described.</summary>
public enum ApiFormat
{
    /// <summary>OpenAPI 3.0 and 3.1, Swagger 2; JSON or YAML.</summary>
    OpenApi,

    JsonSchema,

    /// <summary>A <c>FileDescriptorSet</c>, as <c>protoc --descriptor_set_out</c> and <c>buf build</c> write it.</summary>
    Protobuf,

    /// <summary>GraphQL's schema definition language.</summary>
    GraphQl,
}

/// <summary>What formats are called, and what they look like.</summary>
public static class ApiFormats
{
    private static readonly Dictionary<string, ApiFormat> Names = new(StringComparer.OrdinalIgnoreCase)
    {
        ["openapi"] = ApiFormat.OpenApi,
        ["swagger"] = ApiFormat.OpenApi,
        ["json-schema"] = ApiFormat.JsonSchema,
        ["jsonschema"] = ApiFormat.JsonSchema,
        ["protobuf"] = ApiFormat.Protobuf,
        ["proto"] = ApiFormat.Protobuf,
        ["graphql"] = ApiFormat.GraphQl,
    };

    /// <exception cref="UnreadableApiException">It is the name of none.</exception>
    public static ApiFormat Named(string name) =>
        Names.TryGetValue(name.Trim(), out var format)
            ? format
            : throw new UnreadableApiException($"'{ApiText.Short(name)}' is no format of API descriptions; use one of {string.Join(", ", Names.Keys)}");

    /// <summary>By what the document begins with.</summary>
    public static ApiFormat Of(ReadOnlySpan<byte> document)
    {
        var text = document.StartsWith(Encoding.UTF8.Preamble) ? document[Encoding.UTF8.Preamble.Length..] : document;
        text = text.TrimStart(" \t\r\n"u8);
        if (text.StartsWith("{"u8))
        {
            return IsOpenApi(text) ? ApiFormat.OpenApi : ApiFormat.JsonSchema;
        }

        // the first field of a descriptor set is a file, tag 1 of wire type 2; no text begins with a line feed and a control character
        if (document.Length > 1 && document[0] == 0x0A && document.IndexOfAnyInRange<byte>(0, 8) is >= 0 and < 4096)
        {
            return ApiFormat.Protobuf;
        }

        return LooksLikeYaml(text) ? IsOpenApiYaml(text) ? ApiFormat.OpenApi : ApiFormat.JsonSchema : ApiFormat.GraphQl;
    }

    private static bool IsOpenApi(ReadOnlySpan<byte> json)
    {
        try
        {
            var reader = new Utf8JsonReader(json, new JsonReaderOptions { AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip });
            reader.Read();
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                if (reader.ValueTextEquals("openapi"u8) || reader.ValueTextEquals("swagger"u8))
                {
                    return true;
                }

                reader.Skip();
            }
        }
        catch (JsonException)
        {
            // whoever reads it will say what is wrong with it
        }

        return false;
    }

    private static bool IsOpenApiYaml(ReadOnlySpan<byte> text) =>
        Encoding.UTF8.GetString(text).Split('\n').Any(line => line.TrimStart('"', '\'').StartsWith("openapi", StringComparison.Ordinal) || line.TrimStart('"', '\'').StartsWith("swagger", StringComparison.Ordinal));

    /// <summary>Its first line that is no comment is a key without a brace, or the mark of a document.</summary>
    private static bool LooksLikeYaml(ReadOnlySpan<byte> text)
    {
        foreach (var line in Encoding.UTF8.GetString(text).Split('\n').Select(line => line.Trim()))
        {
            if (line.Length > 0 && line[0] != '#')
            {
                return line == "---" || line.StartsWith('%') || (line.IndexOf(':', StringComparison.Ordinal) is > 0 and var colon && !line.AsSpan(0, colon).ContainsAny("({ ") && line[0] != '"');
            }
        }

        return false;
    }
}

/// <summary>A document that cannot be read or compared; the message says why, in one line.</summary>
public sealed class UnreadableApiException(string message, Exception? inner = null) : Exception(message, inner);

internal static class ApiText
{
    /// <summary>For an error message: short and on one line.</summary>
    public static string Short(string text) => string.Concat((text.Length <= 120 ? text : text[..(char.IsHighSurrogate(text[118]) ? 118 : 119)] + "…").Select(c => char.IsControl(c) ? ' ' : c));
}
