using System.Globalization;
using System.Text.Json;

namespace OpsBot.Signals.ApiDiff;

/// <summary>
/// Types out of JSON Schema, as it stands alone and as OpenAPI uses it. A reference becomes one type wherever it stands, so that a schema may contain itself and is
/// read once. Only references into the same document are followed; others are types that nothing is known of.
/// </summary>
internal sealed class SchemaTypes(JsonElement document)
{
    private const int MostHops = 32;
    private static readonly string[] Restricting = ["properties", "allOf", "anyOf", "oneOf", "items", "enum", "const", "type", "required", "additionalProperties", "nullable", "minimum", "maximum", "pattern"];
    private static readonly string[] Lower = ["minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties"];
    private static readonly string[] Upper = ["maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties"];

    private readonly Dictionary<string, Dictionary<string, JsonElement>> _parts = new(StringComparer.Ordinal);
    private readonly Dictionary<string, ApiType> _referenced = new(StringComparer.Ordinal);
    private readonly Dictionary<string, ApiType> _merged = new(StringComparer.Ordinal);
    private readonly HashSet<string> _merging = new(StringComparer.Ordinal);
    private readonly Queue<(ApiType Type, JsonElement Schema)> _waiting = new();
    private int _nodes;

    /// <summary>The type of a schema. What it refers to is filled in before this returns.</summary>
    public ApiType Of(JsonElement schema)
    {
        var type = Type(schema);
        while (_waiting.TryDequeue(out var next))
        {
            Fill(next.Type, next.Schema);
        }

        return type;
    }

    /// <summary>What an object stands for, where it is a reference to somewhere in the document.</summary>
    /// <exception cref="UnreadableApiException">References lead in a circle, or to nowhere.</exception>
    public JsonElement Resolve(JsonElement value)
    {
        for (var hop = 0; Reference(value) is { } pointer; hop++)
        {
            if (hop == MostHops)
            {
                throw new UnreadableApiException($"the reference '{ApiText.Short(pointer)}' leads through more than {MostHops} others, or in a circle");
            }

            value = Find(pointer);
        }

        return value;
    }

    private static string? Reference(JsonElement value) =>
        value.ValueKind == JsonValueKind.Object && value.TryGetProperty("$ref", out var reference) && reference.ValueKind == JsonValueKind.String
            && reference.GetString() is { } pointer && (pointer == "#" || pointer.StartsWith("#/", StringComparison.Ordinal))
            ? pointer
            : null;

    private JsonElement Find(string pointer)
    {
        var (at, here) = (document, "");
        foreach (var part in pointer.Split('/').Skip(1))
        {
            var name = Uri.UnescapeDataString(part).Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal);
            at = Parts(here, at).TryGetValue(name, out var member) ? member : throw new UnreadableApiException($"the reference '{ApiText.Short(pointer)}' leads to nothing in the document");
            here += "/" + part;
        }

        return at;
    }

    /// <summary>The members of an object, or elements of an array, by name. To look for one among many thousands takes a document long each time.</summary>
    private Dictionary<string, JsonElement> Parts(string pointer, JsonElement value)
    {
        if (!_parts.TryGetValue(pointer, out var parts))
        {
            _parts[pointer] = parts = new Dictionary<string, JsonElement>(StringComparer.Ordinal);
            foreach (var (name, part) in value.ValueKind == JsonValueKind.Array ? value.EnumerateArray().Select((item, at) => (at.ToString(CultureInfo.InvariantCulture), item)) : Members(value))
            {
                parts[name] = part;
            }
        }

        return parts;
    }

    private ApiType Type(JsonElement schema)
    {
        if (++_nodes > ApiReader.MaxNodes)
        {
            throw new UnreadableApiException($"the description has more than {ApiReader.MaxNodes} types and fields");
        }

        if (Reference(schema) is { } pointer && !Restricting.Any(word => schema.TryGetProperty(word, out _)))
        {
            if (!_referenced.TryGetValue(pointer, out var known))
            {
                _referenced[pointer] = known = new ApiType { Name = NameOf(pointer) };
                _waiting.Enqueue((known, Resolve(schema)));
            }

            return known;
        }

        // later, as well: a part of a type may be put together from the type that it is a part of
        var type = new ApiType();
        _waiting.Enqueue((type, schema));
        return type;
    }

    private ApiType Now(JsonElement schema)
    {
        var type = new ApiType();
        Fill(type, schema);
        return type;
    }

    private static string NameOf(string pointer) => pointer[(pointer.LastIndexOf('/') + 1)..];

    private void Fill(ApiType type, JsonElement schema)
    {
        if (schema.ValueKind != JsonValueKind.Object)
        {
            // true allows everything; false allows nothing, which is a list of values without any
            type.Values = schema.ValueKind == JsonValueKind.False ? new(StringComparer.Ordinal) : null;
            return;
        }

        if (Reference(schema) is { } pointer)
        {
            Merge(type, Whole(pointer));
        }

        foreach (var part in Items(schema, "allOf"))
        {
            Merge(type, Reference(part) is { } other ? Whole(other) : Now(part));
        }

        Own(type, schema);
        Alternatives(type, schema);
        Bounds(type, schema);
    }

    /// <summary>What is referred to with all its parts, for a type that takes it in.</summary>
    private ApiType Whole(string pointer)
    {
        if (_merged.TryGetValue(pointer, out var known))
        {
            return known;
        }

        if (!_merging.Add(pointer) || _merging.Count > MostHops)
        {
            throw new UnreadableApiException($"'{ApiText.Short(pointer)}' is put together (allOf) from itself, or from more than {MostHops} others");
        }

        var type = new ApiType { Name = NameOf(pointer) };
        Fill(type, Find(pointer));
        _merging.Remove(pointer);
        return _merged[pointer] = type;
    }

    private void Own(ApiType type, JsonElement schema)
    {
        type.Name ??= Text(schema, "title");
        var types = schema.TryGetProperty("type", out var stated)
            ? stated.ValueKind == JsonValueKind.Array ? stated.EnumerateArray().Where(each => each.ValueKind == JsonValueKind.String).Select(each => each.GetString()!).ToList()
                : stated.ValueKind == JsonValueKind.String ? [stated.GetString()!] : []
            : [];
        type.Nullable |= types.Remove("null") | Flag(schema, "nullable") | Flag(schema, "x-nullable");
        type.Scalars.UnionWith(types);
        type.ScalarFormat = Text(schema, "format") ?? type.ScalarFormat;
        type.Pattern = Text(schema, "pattern") ?? type.Pattern;
        var required = Items(schema, "required").Where(name => name.ValueKind == JsonValueKind.String).Select(name => name.GetString()!).ToHashSet(StringComparer.Ordinal);
        foreach (var (name, field) in Members(schema, "properties"))
        {
            type.Fields[name] = new ApiField(name, Type(field), Required: false)
            {
                HasDefault = Has(field, "default"),
                ReadOnly = Flag(field, "readOnly"),
                WriteOnly = Flag(field, "writeOnly"),
            };
        }

        foreach (var name in required)
        {
            type.Fields[name] = type.Fields.TryGetValue(name, out var known) ? known with { Required = true } : new ApiField(name, new ApiType(), Required: true);
        }

        if (schema.TryGetProperty("additionalProperties", out var rest) || schema.TryGetProperty("unevaluatedProperties", out rest))
        {
            type.Closed = rest.ValueKind == JsonValueKind.False;
            type.Rest = rest.ValueKind == JsonValueKind.Object ? Type(rest) : null;
        }

        if (schema.TryGetProperty("items", out var items) && items.ValueKind == JsonValueKind.Object)
        {
            type.Element = Type(items);
        }

        // many leave out what goes without saying
        var fields = type.Fields.Count > 0 || Has(schema, "properties");
        if (type.Scalars.Count == 0 && (fields || type.Element is not null))
        {
            type.Scalars.Add(fields ? "object" : "array");
        }

        var values = Items(schema, "enum").ToList();
        if (schema.TryGetProperty("const", out var only))
        {
            values.Add(only);
        }

        if (values.Count > 0)
        {
            type.Nullable |= values.RemoveAll(value => value.ValueKind == JsonValueKind.Null) > 0;
            type.Values = values.Select(value => value.ValueKind == JsonValueKind.String ? value.GetString()! : value.GetRawText()).Distinct(StringComparer.Ordinal)
                .ToDictionary(value => value, _ => (int?)null, StringComparer.Ordinal);
        }
    }

    /// <summary>One alternative beside null is no alternative but a type that may be null.</summary>
    private void Alternatives(ApiType type, JsonElement schema)
    {
        var options = Items(schema, "oneOf").Concat(Items(schema, "anyOf")).ToList();
        type.Nullable |= options.RemoveAll(option => Text(option, "type") == "null") > 0;
        if (options is [var single])
        {
            Merge(type, Reference(single) is { } pointer ? Whole(pointer) : Now(single));
        }
        else
        {
            type.Options.AddRange(options.Select(Type));
        }
    }

    private static void Bounds(ApiType type, JsonElement schema)
    {
        foreach (var (names, bounds) in new[] { (Lower, type.Least), (Upper, type.Most) })
        {
            foreach (var name in names)
            {
                if (schema.TryGetProperty(name, out var bound) && bound.ValueKind == JsonValueKind.Number && bound.TryGetDouble(out var number))
                {
                    bounds[name] = number;
                }
            }
        }
    }

    private static void Merge(ApiType type, ApiType part)
    {
        type.Name ??= part.Name;
        type.Nullable |= part.Nullable;
        type.Closed |= part.Closed;
        type.ScalarFormat ??= part.ScalarFormat;
        type.Pattern ??= part.Pattern;
        type.Element ??= part.Element;
        type.Rest ??= part.Rest;
        type.Values ??= part.Values;
        type.Scalars.UnionWith(part.Scalars);
        type.Options.AddRange(part.Options);
        foreach (var (name, field) in part.Fields)
        {
            type.Fields[name] = type.Fields.TryGetValue(name, out var known) ? known with { Required = known.Required || field.Required, Type = field.Type } : field;
        }

        foreach (var (name, bound) in part.Least)
        {
            type.Least[name] = bound;
        }

        foreach (var (name, bound) in part.Most)
        {
            type.Most[name] = bound;
        }
    }

    internal static string? Text(JsonElement value, string name) =>
        value.ValueKind == JsonValueKind.Object && value.TryGetProperty(name, out var member) && member.ValueKind == JsonValueKind.String ? member.GetString() : null;

    internal static bool Flag(JsonElement value, string name) =>
        value.ValueKind == JsonValueKind.Object && value.TryGetProperty(name, out var member) && member.ValueKind == JsonValueKind.True;

    internal static bool Has(JsonElement value, string name) => value.ValueKind == JsonValueKind.Object && value.TryGetProperty(name, out _);

    internal static IEnumerable<JsonElement> Items(JsonElement value, string name) =>
        value.ValueKind == JsonValueKind.Object && value.TryGetProperty(name, out var list) && list.ValueKind == JsonValueKind.Array ? list.EnumerateArray() : [];

    internal static IEnumerable<(string Name, JsonElement Value)> Members(JsonElement value, string name) =>
        value.ValueKind == JsonValueKind.Object && value.TryGetProperty(name, out var map) ? Members(map) : [];

    internal static IEnumerable<(string Name, JsonElement Value)> Members(JsonElement map) =>
        map.ValueKind == JsonValueKind.Object ? map.EnumerateObject().Select(member => (member.Name, member.Value)) : [];
}
