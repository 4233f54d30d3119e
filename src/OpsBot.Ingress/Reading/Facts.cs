namespace OpsBot.Ingress.Reading;

/// <summary>Collects the further facts of an event; a fact that the payload does not state is not written.</summary>
internal sealed class Facts
{
    private readonly Dictionary<string, string> _facts = new();

    public IReadOnlyDictionary<string, string> ToDictionary() => _facts;

    public Facts Add(string name, string? value)
    {
        if (!string.IsNullOrEmpty(value) && _facts.Count < Bounds.Entries)
            _facts[name] = value;
        return this;
    }

    public Facts Add(string name, JsonView value, int max = Bounds.Summary) =>
        Add(name, value.IsObject || value.IsArray ? Bounds.Cut(value.Raw, max) : value.Text(max));

    /// <summary>The members of an object as facts, named <c>prefix.member</c>.</summary>
    public Facts AddMembers(string prefix, JsonView members)
    {
        foreach (var (name, value) in members.IsObject ? members.Members() : [])
            Add($"{prefix}.{Bounds.Cut(name, 100)}", value);
        return this;
    }

    public Facts AddAll(IReadOnlyDictionary<string, string> facts)
    {
        foreach (var (name, value) in facts)
            Add(name, value);
        return this;
    }

    /// <summary>An object of strings (labels, annotations); other scalars as they are written, nested values as JSON.</summary>
    /// <param name="map">The object; none is empty.</param>
    /// <param name="max">Longest value.</param>
    /// <param name="total">What the whole map may hold; members beyond it are left out.</param>
    public static Dictionary<string, string> Map(JsonView map, int max, int total)
    {
        var result = new Dictionary<string, string>();
        foreach (var (name, value) in map.Members().Where(member => member.Value.Exists).Take(Bounds.Entries))
        {
            var text = value.IsObject || value.IsArray ? Bounds.Cut(value.Raw, max) : value.Text(max) ?? "";
            total -= name.Length + text.Length;
            if (total >= 0)
                result[Bounds.Cut(name, Bounds.Name)] = text;
        }

        return result;
    }

    /// <summary>An array of text; null elements are left out.</summary>
    public static IReadOnlyList<string> List(JsonView list, int max = Bounds.Name) =>
        [.. list.Items().Take(Bounds.Entries).Select(item => item.Text(max)).OfType<string>()];
}
