using System.Collections.Concurrent;
using System.Reflection;

namespace OpsBot.Host.Configuration;

internal enum ShapeKind
{
    Scalar,
    List,
    Map,
    Object,
}

/// <summary>What an option type looks like in the file.</summary>
/// <param name="Element">Of a list its items', of a map its values' type.</param>
internal sealed record OptionShape(ShapeKind Kind, Type Type, Type? Element, IReadOnlyDictionary<string, PropertyInfo> Properties)
{
    private static readonly ConcurrentDictionary<Type, OptionShape> Known = new();

    public static OptionShape Of(Type type) => Known.GetOrAdd(type, Make);

    private static OptionShape Make(Type type)
    {
        var none = new Dictionary<string, PropertyInfo>(StringComparer.OrdinalIgnoreCase);
        if (ScalarText.Handles(type))
        {
            return new(ShapeKind.Scalar, type, null, none);
        }

        var interfaces = type.GetInterfaces().Append(type).Where(i => i.IsGenericType).ToList();
        var map = interfaces.Find(i => (i.GetGenericTypeDefinition() == typeof(IDictionary<,>) || i.GetGenericTypeDefinition() == typeof(IReadOnlyDictionary<,>))
            && i.GenericTypeArguments[0] == typeof(string));
        if (map is not null)
        {
            return new(ShapeKind.Map, type, map.GenericTypeArguments[1], none);
        }

        var list = interfaces.Find(i => i.GetGenericTypeDefinition() == typeof(IEnumerable<>));
        return list is not null
            ? new(ShapeKind.List, type, list.GenericTypeArguments[0], none)
            : new(ShapeKind.Object, type, null, type.GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(IsOption)
                .DistinctBy(property => property.Name).ToDictionary(property => property.Name, StringComparer.OrdinalIgnoreCase));
    }

    /// <summary>Has a setter, or holds something that can be filled in place; what is only computed is no option.</summary>
    private static bool IsOption(PropertyInfo property)
    {
        if (property.GetIndexParameters().Length > 0 || property.GetMethod is not { IsPublic: true })
        {
            return false;
        }

        return property.SetMethod is { IsPublic: true } || IsFillable(property.PropertyType);
    }

    private static bool IsFillable(Type type) =>
        !type.IsArray && type.GetInterfaces().Append(type).Any(i => i.IsGenericType && i.GetGenericTypeDefinition() == typeof(ICollection<>));
}
