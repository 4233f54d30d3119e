using System.Collections;
using System.ComponentModel.DataAnnotations;
using System.Reflection;

namespace OpsBot.Host.Configuration;

/// <summary>Runs the annotations and <see cref="IValidatableObject"/> of options and of all they hold, and finds the line each belongs to.</summary>
internal sealed class OptionsValidation(IServiceProvider? services, List<ConfigProblem> problems)
{
    private const int MaxDepth = 16;

    /// <param name="node">What was written for the object; null where nothing was.</param>
    /// <param name="around">Where to point when nothing was written.</param>
    public void Validate(object options, ConfigNode? node, ConfigOrigin around, string path, int depth = 0)
    {
        var shape = OptionShape.Of(options.GetType());
        if (shape.Kind == ShapeKind.Scalar || depth > MaxDepth)
        {
            return;
        }

        var origin = node?.Origin ?? around;
        if (shape.Kind != ShapeKind.Object)
        {
            ValidateItems((IEnumerable)options, node, origin, path, depth);
            return;
        }

        var before = problems.Count;
        foreach (var property in options.GetType().GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(p => p.GetIndexParameters().Length == 0))
        {
            ValidateProperty(options, property, node as MapNode, origin, path, depth, isOption: shape.Properties.ContainsKey(property.Name));
        }

        // as Validator does: rules across properties only once each property holds by itself
        if (options is IValidatableObject validatable && problems.Count == before)
        {
            foreach (var result in validatable.Validate(Context(options, path, null)).Where(result => result != ValidationResult.Success))
            {
                var member = result.MemberNames.FirstOrDefault();
                Report(result, Child(node, member ?? "")?.Origin ?? origin, member is null ? path : ConfigNames.Join(path, ConfigNames.Key(member)), "");
            }
        }
    }

    private void ValidateProperty(object options, PropertyInfo property, MapNode? map, ConfigOrigin origin, string path, int depth, bool isOption)
    {
        var attributes = property.GetCustomAttributes<ValidationAttribute>(inherit: true).ToList();
        if (!isOption && attributes.Count == 0)
        {
            return;
        }

        var key = ConfigNames.Join(path, ConfigNames.Key(property.Name));
        var node = Child(map, property.Name);
        var value = property.GetValue(options);
        foreach (var attribute in attributes)
        {
            if (attribute.GetValidationResult(value, Context(options, key, property.Name)) is { } failure)
            {
                var written = node is ScalarNode scalar && ShownText.OrNull(scalar, key) is { } shown ? $"; it is {shown}" : "";
                Report(failure, node?.Origin ?? origin, key, written);
                break;
            }
        }

        if (value is not null && isOption)
        {
            Validate(value, node, origin, key, depth + 1);
        }
    }

    private void ValidateItems(IEnumerable items, ConfigNode? node, ConfigOrigin origin, string path, int depth)
    {
        var index = 0;
        foreach (var item in items)
        {
            var (key, value, written) = item?.GetType() is { IsGenericType: true } type && type.GetGenericTypeDefinition() == typeof(KeyValuePair<,>)
                ? (ConfigNames.Join(path, (string)type.GetProperty("Key")!.GetValue(item)!), type.GetProperty("Value")!.GetValue(item),
                    Child(node, (string)type.GetProperty("Key")!.GetValue(item)!))
                : ($"{path}[{index}]", item, (node as ListNode)?.Items.ElementAtOrDefault(index));
            index++;
            if (value is not null)
            {
                Validate(value, written, origin, key, depth + 1);
            }
        }
    }

    private static ConfigNode? Child(ConfigNode? node, string key) => node is MapNode map && map.TryGet(key, out var entry) ? entry.Value : null;

    private ValidationContext Context(object options, string displayName, string? member) =>
        new(options, displayName, services, items: null) { MemberName = member };

    private void Report(ValidationResult failure, ConfigOrigin origin, string key, string written)
    {
        var message = (failure.ErrorMessage ?? "is not valid").TrimEnd('.', ' ');
        foreach (var phrase in new[] { $"The field {key} ", $"The {key} field ", $"{key} ", $"{key}: " })
        {
            if (message.StartsWith(phrase, StringComparison.Ordinal))
            {
                message = message[phrase.Length..];
                break;
            }
        }

        problems.Add(origin.Problem($"{ShownText.Bound(key)}: {ShownText.Bound(message)}{written}"));
    }
}
