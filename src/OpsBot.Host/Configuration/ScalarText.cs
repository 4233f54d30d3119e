using System.ComponentModel;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Reflection;

namespace OpsBot.Host.Configuration;

/// <summary>Turns the text of one value into the type of its option.</summary>
internal static class ScalarText
{
    private static readonly MethodInfo ParseMethod = typeof(ScalarText).GetMethod(nameof(ParseAs), BindingFlags.NonPublic | BindingFlags.Static)!;

    public static bool Handles(Type type)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        return type.IsPrimitive || type.IsEnum || type == typeof(string) || type == typeof(Uri) || IsParsable(type)
            || (type.IsValueType && TypeDescriptor.GetConverter(type).CanConvertFrom(typeof(string)));
    }

    /// <param name="expected">What the text should have been, to follow "is not", where it is not.</param>
    public static bool TryConvert(string text, Type type, out object? value, [NotNullWhen(false)] out string? expected)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        (value, expected) = type switch
        {
            _ when type == typeof(string) => (text, null),
            _ when type == typeof(bool) => (bool.TryParse(text, out var flag) ? flag : null, "true or false"),
            _ when type == typeof(TimeSpan) => (Durations.TryParse(text, out var span) ? span : (object?)null, Durations.Forms),
            _ when type == typeof(Uri) => (Url(text), "a full URL; write it as http://host:port/path"),
            _ when type.IsEnum => (EnumValue(text, type), "one of " + string.Join(", ", Enum.GetNames(type).Select(ConfigNames.Kebab))),
            _ when type == typeof(double) || type == typeof(float) || type == typeof(decimal) => (Finite(Parse(text, type)), "a number such as 0.5"),
            _ when IsParsable(type) => (Parse(text, type), type.IsPrimitive ? "a whole number that fits here" : $"a valid {type.Name}"),
            _ => (null, $"something that {type.Name} can be read from"),
        };
        if (value is not null)
        {
            expected = null;
        }

        return value is not null;
    }

    // without "://" a host name and its port would pass as a scheme and a path
    private static Uri? Url(string text) =>
        text.Contains("://", StringComparison.Ordinal) && Uri.TryCreate(text, UriKind.Absolute, out var url) ? url : null;

    private static object? EnumValue(string text, Type type) =>
        Enum.GetNames(type).FirstOrDefault(name => ConfigNames.Same(name, text)) is { } found ? Enum.Parse(type, found) : null;

    private static object? Finite(object? number) => number is double.NaN or float.NaN or double.PositiveInfinity or double.NegativeInfinity
        or float.PositiveInfinity or float.NegativeInfinity ? null : number;

    private static bool IsParsable(Type type) =>
        Array.Exists(type.GetInterfaces(), i => i.IsGenericType && i.GetGenericTypeDefinition() == typeof(IParsable<>) && i.GenericTypeArguments[0] == type);

    private static object? Parse(string text, Type type) => ParseMethod.MakeGenericMethod(type).Invoke(null, [text]);

    private static object? ParseAs<T>(string text) where T : IParsable<T> =>
        T.TryParse(text, CultureInfo.InvariantCulture, out var value) ? value : null;
}
