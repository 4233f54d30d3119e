using System.Globalization;
using System.Text;
using System.Text.Json;

namespace OpsBot.Signals.ApiDiff;

/// <summary>Reads descriptions of APIs. Whatever a document holds: it is read within these bounds, or refused with a reason.</summary>
public static class ApiReader
{
    public const int MaxBytes = 4 << 20;

    internal const int MaxDepth = 64;

    /// <summary>Types and fields in all, references followed: some dozen times of what the largest published APIs have.</summary>
    internal const int MaxNodes = 200_000;

    /// <param name="format">Null where it is to be found out.</param>
    /// <exception cref="UnreadableApiException">It is not what it should be, or too large.</exception>
    public static ApiDescription Read(ReadOnlyMemory<byte> document, ApiFormat? format = null)
    {
        if (document.Length > MaxBytes)
        {
            throw new UnreadableApiException(string.Create(CultureInfo.InvariantCulture, $"the description has {document.Length:n0} bytes; at most {MaxBytes:n0} are read"));
        }

        if (document.Span.Trim(" \t\r\n"u8).IsEmpty)
        {
            throw new UnreadableApiException("the description is empty");
        }

        return (format ?? ApiFormats.Of(document.Span)) switch
        {
            ApiFormat.Protobuf => ProtobufReader.Read(document.Span),
            ApiFormat.GraphQl => GraphQlReader.Read(Text(document.Span)),
            ApiFormat.OpenApi => WithJson(document, OpenApiReader.Read),
            _ => WithJson(document, JsonSchemaReader.Read),
        };
    }

    private static ApiDescription WithJson(ReadOnlyMemory<byte> document, Func<JsonElement, ApiDescription> read)
    {
        var text = Text(document.Span);
        try
        {
            using var json = JsonDocument.Parse(
                text.AsSpan().TrimStart() is ['{' or '[', ..] ? text.AsMemory() : YamlAsJson.Convert(text).AsMemory(),
                new JsonDocumentOptions { MaxDepth = MaxDepth, AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip });
            return json.RootElement.ValueKind == JsonValueKind.Object ? read(json.RootElement) : throw new UnreadableApiException("the description is not an object");
        }
        catch (JsonException wrong)
        {
            throw new UnreadableApiException($"the description is not valid JSON: {ApiText.Short(wrong.Message)}", wrong);
        }
        catch (InvalidOperationException wrong)
        {
            // an escape in a text that stands for half a character
            throw new UnreadableApiException($"the description holds text that cannot be read: {ApiText.Short(wrong.Message)}", wrong);
        }
    }

    private static string Text(ReadOnlySpan<byte> document)
    {
        try
        {
            return new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(document).TrimStart('\uFEFF');
        }
        catch (DecoderFallbackException wrong)
        {
            throw new UnreadableApiException("the description is not UTF-8 text", wrong);
        }
    }
}
