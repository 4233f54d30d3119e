using OpsBot.Ingress.Reading;

namespace OpsBot.Ingress.Mapped;

/// <summary>Labels in the shapes that senders give them.</summary>
internal static class LabelReader
{
    private static readonly string[] NameWords = ["name", "key", "label"];

    /// <param name="paths">Where they stand; an earlier place goes before a later one.</param>
    /// <param name="scope">The alert and its body.</param>
    /// <param name="max">Longest value.</param>
    /// <exception cref="UnreadableException">Something else stands there.</exception>
    public static IReadOnlyDictionary<string, string> Read(IReadOnlyList<JsonPath> paths, MappedScope scope, int max)
    {
        var labels = new Dictionary<string, string>();
        foreach (var path in paths)
        {
            var isShared = path.FromBody && !scope.IsBody;
            var left = isShared ? MappingLimits.SharedLabels : MappingLimits.OwnLabels;
            foreach (var (name, value) in isShared ? scope.Shared.Labels(path, max, () => Pairs(path, scope.Body, max)) : Pairs(path, scope.Alert, max))
            {
                if (labels.Count >= Bounds.Entries)
                    return labels;
                left -= name.Length + value.Length;
                if (left >= 0 && name.Length > 0 && !scope.IsBlank(value))
                    labels.TryAdd(name, value);
            }
        }

        return labels;
    }

    private static List<(string Name, string Value)> Pairs(JsonPath path, JsonView start, int max) =>
        [.. path.Select(start).Take(Bounds.Entries).SelectMany(node => Pairs(node, max)).Take(Bounds.Entries)];

    private static IEnumerable<(string Name, string Value)> Pairs(JsonView node, int max)
    {
        if (node.IsObject)
        {
            return Named(node) is { } one
                ? [Pair(one, node["value"], max)]
                : node.Members().Where(member => member.Value.Exists).Take(Bounds.Entries).Select(member => Pair(member.Key, member.Value, max));
        }

        if (node.IsText)
            return (node.Text(MappingLimits.OwnLabels) ?? "").Split(',', Bounds.Entries).Select(text => Split(text, max));
        if (node.IsArray)
        {
            return node.Items().Where(item => item.Exists).Take(Bounds.Entries).SelectMany(item =>
                item.IsObject ? Pairs(item, max) : item.IsArray ? throw item.Wrong("is no label") : [Split(item.Text(int.MaxValue) ?? "", max)]);
        }

        throw node.Wrong("is neither an object nor a list of labels");
    }

    // {"name": "host", "value": "web-1"}, in place of {"host": "web-1"}
    private static string? Named(JsonView item) =>
        item["value"].Exists ? NameWords.Select(word => item[word]).FirstOrDefault(name => name.IsText)?.Text() : null;

    private static (string Name, string Value) Pair(string name, JsonView value, int max) => (Bounds.Cut(name, Bounds.Name), Value(value, max));

    private static string Value(JsonView value, int max)
    {
        if (!value.Exists)
            return "";
        if (value.IsArray && value.Items().All(item => !item.IsObject && !item.IsArray))
            return Bounds.Cut(string.Join(", ", value.Items().Take(Bounds.Entries).Select(item => item.Text(max)).OfType<string>()), max);
        return value.IsObject || value.IsArray ? Bounds.Cut(value.Raw, max) : value.Text(max) ?? "";
    }

    // a tag without a value holds
    private static (string Name, string Value) Split(string text, int max)
    {
        text = text.Trim();
        var at = text.AsSpan().IndexOfAny(':', '=');
        return at < 0
            ? (Bounds.Cut(text, Bounds.Name), text.Length == 0 ? "" : "true")
            : (Bounds.Cut(text[..at].Trim(), Bounds.Name), Bounds.Cut(text[(at + 1)..].Trim(), max));
    }
}
