using System.Buffers;
using System.Globalization;
using System.Text.Json;

namespace OpsBot.Ingress.Reading;

/// <summary>
/// A value of a sender's JSON that knows its path, so that a wrong one names itself. Missing and null are the same here;
/// unknown members are never looked at; of duplicate members the last one counts.
/// </summary>
internal sealed class JsonView
{
    private readonly JsonElement? _value;
    private readonly JsonView? _parent;
    private readonly string _name;
    private readonly int _index;

    public JsonView(JsonElement root)
        : this(root, null, "", -1)
    {
    }

    private JsonView(JsonElement? value, JsonView? parent, string name, int index)
    {
        _value = value is { ValueKind: JsonValueKind.Null or JsonValueKind.Undefined } ? null : value;
        _parent = parent;
        _name = name;
        _index = index;
    }

    public bool Exists => _value is not null;

    public bool IsObject => _value?.ValueKind == JsonValueKind.Object;

    public bool IsArray => _value?.ValueKind == JsonValueKind.Array;

    public bool IsText => _value?.ValueKind == JsonValueKind.String;

    /// <summary>The value as it stands in the body; empty where there is none.</summary>
    public string Raw => _value?.GetRawText() ?? "";

    public string Path
    {
        get
        {
            if (_parent is null)
                return "$";
            var parent = _parent._parent is null ? "" : _parent.Path;
            return _index >= 0 ? $"{parent}[{_index.ToString(CultureInfo.InvariantCulture)}]"
                : parent.Length == 0 ? _name
                : $"{parent}.{_name}";
        }
    }

    /// <summary>Position in the array that it is an element of; -1 elsewhere.</summary>
    public int Index => _index;

    /// <summary>The object as JSON in UTF-8 with only some elements of one array left; null stands for each of the others.</summary>
    public byte[] WithOnly(string array, IReadOnlySet<int> kept) => WithOnly([array], kept);

    /// <summary>The same for an array deeper in the object, which a list of names leads to.</summary>
    public byte[] WithOnly(IReadOnlyList<string> array, IReadOnlySet<int> kept)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using var writer = new Utf8JsonWriter(buffer);
        WriteWithOnly(writer, array, 0, kept);
        writer.Flush();
        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>A member; one that is missing exists not.</summary>
    /// <exception cref="UnreadableException">This value is no object.</exception>
    public JsonView this[string member]
    {
        get
        {
            if (_value is not { } value)
                return new JsonView(null, this, member, -1);
            if (value.ValueKind != JsonValueKind.Object)
                throw Wrong("is not an object");
            return new JsonView(value.TryGetProperty(member, out var child) ? child : null, this, member, -1);
        }
    }

    /// <summary>The elements of an array; none where it is missing.</summary>
    public IEnumerable<JsonView> Items()
    {
        if (_value is not { } value)
            return [];
        return value.ValueKind == JsonValueKind.Array
            ? value.EnumerateArray().Select((item, index) => new JsonView(item, this, "", index))
            : throw Wrong("is not an array");
    }

    /// <summary>The members of an object, of duplicates the last one; none where it is missing.</summary>
    public IEnumerable<KeyValuePair<string, JsonView>> Members()
    {
        if (_value is not { } value)
            return [];
        if (value.ValueKind != JsonValueKind.Object)
            throw Wrong("is not an object");
        var members = new Dictionary<string, JsonView>();
        foreach (var member in value.EnumerateObject())
            members[member.Name] = new JsonView(member.Value, this, member.Name, -1);
        return members;
    }

    /// <summary>A string, or a number or truth value as it is written; null where it is missing or empty.</summary>
    /// <param name="max">Longer text is cut, because it is shown and not compared.</param>
    public string? Text(int max = Bounds.Name) => _value switch
    {
        null => null,
        { ValueKind: JsonValueKind.String } value => Bounds.Cut(value.GetString(), max) is { Length: > 0 } text ? text : null,
        { ValueKind: JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False } value => Bounds.Cut(value.GetRawText(), max),
        _ => throw Wrong("is not text"),
    };

    public string RequiredText(int max = Bounds.Name) => Text(max) ?? throw Missing();

    /// <summary>Text that identifies something: never cut, but made to fit the columns it is stored in.</summary>
    public string? Key() => Text(int.MaxValue) is { } text ? Bounds.Key(text) : null;

    public string RequiredKey() => Key() ?? throw Missing();

    public bool Flag() => _value switch
    {
        null => false,
        { ValueKind: JsonValueKind.True } => true,
        { ValueKind: JsonValueKind.False } => false,
        _ => throw Wrong("is neither true nor false"),
    };

    public long? Whole() => _value switch
    {
        null => null,
        { ValueKind: JsonValueKind.Number } value when value.TryGetInt64(out var number) => number,
        _ => throw Wrong("is not a whole number of 64 bits"),
    };

    /// <summary>An ISO 8601 time in UTC; null where it is missing, empty or Go's zero time, which senders write for "not yet".</summary>
    public DateTimeOffset? Time()
    {
        if (_value is not { } value)
            return null;
        if (value.ValueKind != JsonValueKind.String)
            throw Wrong("is not an ISO 8601 time");
        var text = value.GetString()!;
        if (text.Length == 0 || text.StartsWith("0001-01-0", StringComparison.Ordinal))
            return null;
        return IsoTime.TryParse(text, out var time) ? time : throw Wrong("is not an ISO 8601 time");
    }

    private void WriteWithOnly(Utf8JsonWriter writer, IReadOnlyList<string> array, int depth, IReadOnlySet<int> kept)
    {
        if (depth == array.Count && IsArray)
        {
            writer.WriteStartArray();
            foreach (var item in Items())
                writer.WriteRawValue(kept.Contains(item.Index) ? item.Raw : "null");
            writer.WriteEndArray();
        }
        else if (depth < array.Count && IsObject)
        {
            writer.WriteStartObject();
            foreach (var (name, member) in Members())
            {
                writer.WritePropertyName(name);
                member.WriteWithOnly(writer, array, name == array[depth] ? depth + 1 : int.MaxValue, kept);
            }

            writer.WriteEndObject();
        }
        else
        {
            writer.WriteRawValue(Exists ? Raw : "null");
        }
    }

    public UnreadableException Missing() => new(Path, "missing");

    public UnreadableException Wrong(string what) => new(Path, $"{Bounds.Quote(_value)} {what}");
}
