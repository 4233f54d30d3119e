using System.Collections;
using System.Reflection;
using System.Runtime.CompilerServices;

namespace OpsBot.Host.Configuration;

/// <summary>
/// Puts the tree into options objects and says everything that does not fit. A list in the file replaces the default list, a map is laid over the
/// default map key by key, a key without a value keeps the default.
/// </summary>
/// <param name="sections">Names of all sections: a key that is a section of its own is not an unknown key of the one around it.</param>
internal sealed class OptionsBinder(IReadOnlyCollection<string> sections, List<ConfigProblem> problems)
{
    public void Bind(object target, ConfigNode? node, string path)
    {
        if (node is null or ScalarNode { Value: null })
        {
            return;
        }

        var shape = OptionShape.Of(target.GetType());
        if (shape.Kind == ShapeKind.Map && node is MapNode values)
        {
            FillMap((IDictionary)target, values, shape.Element!, path);
            return;
        }

        if (shape.Kind == ShapeKind.List)
        {
            FillList((IList)target, node, shape.Element!, path);
            return;
        }

        if (node is not MapNode map)
        {
            problems.Add(node.Origin.Problem($"{path}: expects keys below it, not {Word(node)}; indent 'key: value' lines under it"));
            return;
        }

        foreach (var entry in map.Entries)
        {
            var key = ConfigNames.Join(path, entry.Key);
            if (shape.Properties.TryGetValue(entry.Key, out var property))
            {
                BindProperty(target, property, entry.Value, key);
            }
            else if (!IsSection(key))
            {
                problems.Add(Unknown(entry, key, [.. shape.Properties.Keys.Select(ConfigNames.Key), .. Sections(path)]));
            }
        }

        foreach (var property in shape.Properties.Values.Where(p => p.IsDefined(typeof(RequiredMemberAttribute)) && !map.TryGet(p.Name, out _)))
        {
            problems.Add(map.Origin.Problem($"{path}: needs '{ConfigNames.Key(property.Name)}'"));
        }
    }

    /// <summary>Names of the sections directly under a path, without it.</summary>
    public IEnumerable<string> Sections(string path) => sections
        .Where(name => path.Length == 0 || name.StartsWith(path + ".", StringComparison.OrdinalIgnoreCase))
        .Select(name => (path.Length == 0 ? name : name[(path.Length + 1)..]).Split('.')[0])
        .Distinct(StringComparer.OrdinalIgnoreCase);

    public bool IsSection(string path) => sections.Any(name =>
        name.Equals(path, StringComparison.OrdinalIgnoreCase) || name.StartsWith(path + ".", StringComparison.OrdinalIgnoreCase));

    public static ConfigProblem Unknown(ConfigEntry entry, string path, IReadOnlyCollection<string> known)
    {
        var hint = ConfigNames.Nearest(entry.Key, known) is { } near ? $"did you mean '{near}'?"
            : known.Count == 0 ? "nothing can be set here"
            : $"known here: {string.Join(", ", known.Order(StringComparer.Ordinal).Take(20))}{(known.Count > 20 ? ", …" : "")}";
        return entry.KeyOrigin.Problem($"unknown key {ShownText.Quote(path)}; {hint}");
    }

    private void BindProperty(object target, PropertyInfo property, ConfigNode node, string path)
    {
        var shape = OptionShape.Of(property.PropertyType);
        var current = property.GetValue(target);
        if (node is ScalarNode { Value: null } empty)
        {
            // A feature that is off unless it is named has been named: whether it can do with nothing set is for its own check to say.
            if (shape.Kind != ShapeKind.Object || current is not null)
            {
                return;
            }

            node = new MapNode(empty.Origin);
        }

        if (shape.Kind == ShapeKind.Object && current is not null)
        {
            Bind(current, node, path);
        }
        else if (Make(node, shape, path, current) is { } value)
        {
            if (property.SetMethod is not null)
            {
                property.SetValue(target, value);
            }
            else if (current is not null)
            {
                Refill(current, (IEnumerable)value);
            }
        }
    }

    /// <returns>The value; null where it does not fit, and then a problem says why.</returns>
    private object? Make(ConfigNode node, OptionShape shape, string path, object? current) => (shape.Kind, node) switch
    {
        (ShapeKind.Scalar, ScalarNode { Value: not null } scalar) => MakeScalar(scalar, shape.Type, path),
        (ShapeKind.Scalar, _) => Mismatch(node, path, "expects one value"),
        (ShapeKind.List, ListNode list) => MakeList(list, shape, path),
        (ShapeKind.List, _) => Mismatch(node, path, "expects a list; write '- value' lines under it, or [a, b]"),
        (ShapeKind.Map, MapNode map) => MakeMap(map, shape, path, current),
        _ => MakeObject(node, shape, path),
    };

    private object? MakeScalar(ScalarNode node, Type type, string path)
    {
        if (ScalarText.TryConvert(node.Value!, type, out var value, out var expected))
        {
            return value;
        }

        problems.Add(node.Origin.Problem($"{path}: {ShownText.OrNull(node, path) ?? "the value (not shown)"} is not {expected}"));
        return null;
    }

    /// <summary>For a section that is a list itself.</summary>
    private void FillList(IList target, ConfigNode node, Type elementType, string path)
    {
        foreach (var item in Make(node, OptionShape.Of(typeof(List<>).MakeGenericType(elementType)), path, null) as IEnumerable ?? Array.Empty<object>())
        {
            target.Add(item);
        }
    }

    private object MakeList(ListNode list, OptionShape shape, string path)
    {
        var element = OptionShape.Of(shape.Element!);
        var items = (IList)Activator.CreateInstance(typeof(List<>).MakeGenericType(shape.Element!))!;
        for (var i = 0; i < list.Items.Count; i++)
        {
            var at = $"{path}[{i}]";
            if (list.Items[i] is ScalarNode { Value: null } empty)
            {
                problems.Add(empty.Origin.Problem($"{at}: the list item is empty; write a value or take the line out"));
            }
            else if (Make(list.Items[i], element, at, null) is { } item)
            {
                items.Add(item);
            }
        }

        if (shape.Type.IsInstanceOfType(items))
        {
            return items;
        }

        if (shape.Type.IsArray)
        {
            var array = Array.CreateInstance(shape.Element!, items.Count);
            items.CopyTo(array, 0);
            return array;
        }

        var set = typeof(HashSet<>).MakeGenericType(shape.Element!);
        return Activator.CreateInstance(shape.Type.IsAssignableFrom(set) ? set : shape.Type, items)!;
    }

    private object MakeMap(MapNode map, OptionShape shape, string path, object? current)
    {
        var type = typeof(Dictionary<,>).MakeGenericType(typeof(string), shape.Element!);
        var result = shape.Type.IsAssignableFrom(type) ? (IDictionary)Activator.CreateInstance(type, StringComparer.OrdinalIgnoreCase)!
            : (IDictionary)Activator.CreateInstance(shape.Type)!;
        foreach (var item in (current as IEnumerable)?.Cast<object>() ?? [])
        {
            result[item.GetType().GetProperty("Key")!.GetValue(item)!] = item.GetType().GetProperty("Value")!.GetValue(item);
        }

        FillMap(result, map, shape.Element!, path);
        return result;
    }

    private void FillMap(IDictionary target, MapNode map, Type elementType, string path)
    {
        var element = OptionShape.Of(elementType);
        foreach (var entry in map.Entries)
        {
            var key = ConfigNames.Join(path, entry.Key);
            var node = element.Kind == ShapeKind.Object && entry.Value is ScalarNode { Value: null } ? new MapNode(entry.KeyOrigin) : entry.Value;
            if (node is ScalarNode { Value: null })
            {
                problems.Add(entry.KeyOrigin.Problem($"{ShownText.Bound(key)}: needs a value"));
            }
            else if (Make(node, element, key, null) is { } value)
            {
                target[entry.Key] = value;
            }
        }
    }

    private object? MakeObject(ConfigNode node, OptionShape shape, string path)
    {
        if (node is not MapNode)
        {
            return Mismatch(node, path, "expects keys below it; indent 'key: value' lines under it");
        }

        if (shape.Type.GetConstructor(Type.EmptyTypes) is null || shape.Kind != ShapeKind.Object)
        {
            throw new InvalidOperationException($"The option {path} has type {shape.Type}, which has no constructor without parameters; give it one.");
        }

        var made = Activator.CreateInstance(shape.Type)!;
        Bind(made, node, path);
        return made;
    }

    private object? Mismatch(ConfigNode node, string path, string expected)
    {
        problems.Add(node.Origin.Problem($"{ShownText.Bound(path)}: {expected}, found {Word(node)}"));
        return null;
    }

    private static void Refill(object collection, IEnumerable values)
    {
        var type = collection.GetType();
        type.GetMethod("Clear", Type.EmptyTypes)!.Invoke(collection, null);
        var add = collection is IDictionary ? null : type.GetMethod("Add", [OptionShape.Of(type).Element!])!;
        foreach (var value in values)
        {
            if (collection is IDictionary map)
            {
                map.Add(value.GetType().GetProperty("Key")!.GetValue(value)!, value.GetType().GetProperty("Value")!.GetValue(value));
            }
            else
            {
                add!.Invoke(collection, [value]);
            }
        }
    }

    private static string Word(ConfigNode node) => node switch { MapNode => "a map of keys", ListNode => "a list", _ => "one value" };
}
