using System.Text.Json;
using System.Text.RegularExpressions;

namespace OpsBot.Signals.ApiDiff;

/// <summary>OpenAPI 3.0 and 3.1, and Swagger 2: the paths with what is sent and answered, and what the service calls by itself.</summary>
internal sealed partial class OpenApiReader
{
    private static readonly string[] Methods = ["get", "put", "post", "delete", "options", "head", "patch", "trace", "query"];

    private readonly JsonElement _root;
    private readonly SchemaTypes _types;
    private readonly OpenApiAccess _access;
    private readonly ApiDescription _description = new(ApiFormat.OpenApi);
    private readonly bool _isSwagger;

    private OpenApiReader(JsonElement root)
    {
        (_root, _types) = (root, new SchemaTypes(root));
        _isSwagger = SchemaTypes.Has(root, "swagger");
        _access = new OpenApiAccess(root, _types);
    }

    public static ApiDescription Read(JsonElement root)
    {
        if (!SchemaTypes.Has(root, "openapi") && !SchemaTypes.Has(root, "swagger"))
        {
            throw new UnreadableApiException("the description has neither 'openapi' nor 'swagger' at its top; is it of another format?");
        }

        return new OpenApiReader(root).Read();
    }

    private ApiDescription Read()
    {
        foreach (var (path, item) in SchemaTypes.Members(_root, "paths"))
        {
            // what the caller names a part of the path is his own affair
            Item(item, path, method => ($"{method} {path}", $"{method} {Hole().Replace(path, "{}")}"), isCalledByService: false);
        }

        foreach (var (name, item) in SchemaTypes.Members(_root, "webhooks"))
        {
            Item(item, name, method => ($"webhook {name}: {method}", $"webhook {name}: {method}"), isCalledByService: true);
        }

        return _description;
    }

    private void Item(JsonElement item, string path, Func<string, (string Name, string Key)> called, bool isCalledByService)
    {
        var shared = _types.Resolve(item);
        foreach (var method in Methods)
        {
            if (shared.ValueKind == JsonValueKind.Object && shared.TryGetProperty(method, out var operation))
            {
                var (name, key) = called(method.ToUpperInvariant());
                Operation(name, key, path, shared, operation, isCalledByService);
            }
        }
    }

    private void Operation(string name, string key, string path, JsonElement shared, JsonElement told, bool isCalledByService)
    {
        var words = new List<string> { path };
        if (SchemaTypes.Text(told, "operationId") is { Length: > 0 } id)
        {
            words.Add(id);
        }

        var operation = new ApiOperation(name, words) { IsCalledByService = isCalledByService };
        _description.Operations[key] = operation;
        // the part that fills the first hole of the path is the same one, whatever it is called
        var holes = Hole().Matches(path).Select(match => match.Value[1..^1]).ToList();
        foreach (var parameter in SchemaTypes.Items(shared, "parameters").Concat(SchemaTypes.Items(told, "parameters")).Select(_types.Resolve))
        {
            Parameter(operation, parameter, holes, told);
        }

        if (!isCalledByService)
        {
            operation.Access = _access.Of(told);
            Callbacks(name, key, told);
        }

        if (told.ValueKind == JsonValueKind.Object && told.TryGetProperty("requestBody", out var body))
        {
            body = _types.Resolve(body);
            operation.RequestRequired = SchemaTypes.Flag(body, "required");
            operation.Requests = Content(body);
        }

        foreach (var (status, response) in SchemaTypes.Members(told, "responses"))
        {
            var answer = _types.Resolve(response);
            operation.Responses[status] = _isSwagger
                ? answer.ValueKind == JsonValueKind.Object && answer.TryGetProperty("schema", out var schema) ? Each(told, "produces", schema) : []
                : Content(answer);
            operation.ResponseHeaders[status] = Headers(answer);
        }
    }

    /// <summary>Called by the service at addresses that the caller has given it: an operation of its own each, and none within another.</summary>
    private void Callbacks(string name, string key, JsonElement told)
    {
        foreach (var (callback, addresses) in SchemaTypes.Members(told, "callbacks"))
        {
            var resolved = _types.Resolve(addresses);
            if (resolved.ValueKind != JsonValueKind.Object)
            {
                continue;
            }

            foreach (var address in resolved.EnumerateObject())
            {
                Item(
                    address.Value, callback,
                    method => ($"{name} → callback {callback}: {method}", $"{key} → callback {callback}: {method} {address.Name}"), isCalledByService: true);
            }
        }
    }

    private Dictionary<string, ApiField> Headers(JsonElement answer)
    {
        var headers = new Dictionary<string, ApiField>(StringComparer.Ordinal);
        foreach (var (name, told) in SchemaTypes.Members(answer, "headers"))
        {
            var header = _types.Resolve(told);
            headers[name.ToLowerInvariant()] = new ApiField(name, Written(header), SchemaTypes.Flag(header, "required"));
        }

        return headers;
    }

    /// <summary>The type of a parameter or header: in a schema, in a media type, or, in Swagger, in the thing itself.</summary>
    private ApiType Written(JsonElement told) =>
        told.ValueKind == JsonValueKind.Object && told.TryGetProperty("schema", out var schema) ? _types.Of(schema)
        : Content(told).Values.FirstOrDefault() ?? (_isSwagger && SchemaTypes.Text(told, "in") != "body" ? _types.Of(told) : new ApiType());

    private void Parameter(ApiOperation operation, JsonElement told, List<string> holes, JsonElement of)
    {
        var (name, place) = (SchemaTypes.Text(told, "name") ?? "", SchemaTypes.Text(told, "in") ?? "");
        var required = SchemaTypes.Flag(told, "required");
        var type = Written(told);
        var field = new ApiField(name, type, required) { HasDefault = SchemaTypes.Has(told, "default") };
        switch (place)
        {
            case "body":
                (operation.RequestRequired, operation.Requests) = (required, Each(of, "consumes", schema: default, type));
                break;
            case "formData":
                if (!operation.Requests.TryGetValue("form", out var form))
                {
                    operation.Requests["form"] = form = new ApiType();
                    form.Scalars.Add("object");
                }

                form.Fields[name] = field;
                break;
            case "path" when holes.IndexOf(name) is >= 0 and var hole:
                operation.Parameters[$"path {hole}"] = field;
                break;
            default:
                // headers are the same in any case
                operation.Parameters[$"{place} {(place == "header" ? name.ToLowerInvariant() : name)}"] = field;
                break;
        }
    }

    private Dictionary<string, ApiType> Content(JsonElement told) =>
        SchemaTypes.Members(told, "content").GroupBy(media => Media(media.Name), StringComparer.Ordinal).ToDictionary(
            media => media.Key,
            media => media.Last().Value is { ValueKind: JsonValueKind.Object } value && value.TryGetProperty("schema", out var schema) ? _types.Of(schema) : new ApiType(),
            StringComparer.Ordinal);

    private Dictionary<string, ApiType> Each(JsonElement operation, string list, JsonElement schema, ApiType? type = null)
    {
        type ??= _types.Of(schema);
        var media = SchemaTypes.Items(operation, list).Concat(SchemaTypes.Has(operation, list) ? [] : SchemaTypes.Items(_root, list))
            .Where(each => each.ValueKind == JsonValueKind.String).Select(each => Media(each.GetString()!)).Distinct(StringComparer.Ordinal).ToList();
        return (media.Count == 0 ? ["application/json"] : media).ToDictionary(each => each, _ => type, StringComparer.Ordinal);
    }

    /// <summary>Without its character set.</summary>
    private static string Media(string name) => name.Split(';')[0].Trim().ToLowerInvariant();

    [GeneratedRegex(@"\{[^{}/]*\}", RegexOptions.None, 1000)]
    private static partial Regex Hole();
}
