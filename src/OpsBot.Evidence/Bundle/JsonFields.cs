using System.Globalization;
using System.Text.Json;

namespace OpsBot.Evidence.Bundle;

/// <summary>Lenient reads of one JSON object: a field that is absent, null or of another type is null.</summary>
internal static class JsonFields
{
    public static string? Text(this JsonElement element, string name) =>
        Get(element, name) is { } value && value.ValueKind == JsonValueKind.String && value.GetString() is { } text && text.Trim().Length > 0
            ? text
            : null;

    public static DateTimeOffset? Time(this JsonElement element, string name) =>
        BundleTime.TryParse(element.Text(name), out var time) ? time : null;

    /// <summary>A number, or text that reads as one (<c>"+14"</c>).</summary>
    public static double? Number(this JsonElement element, string name)
    {
        if (Get(element, name) is not { } value)
        {
            return null;
        }

        return value.ValueKind switch
        {
            JsonValueKind.Number when value.TryGetDouble(out var number) && double.IsFinite(number) => number,
            JsonValueKind.String when double.TryParse(value.GetString(), NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
                && double.IsFinite(number) => number,
            _ => null,
        };
    }

    public static IReadOnlyList<string> Texts(this JsonElement element, string name) =>
        Get(element, name) is { ValueKind: JsonValueKind.Array } list
            ? [.. list.EnumerateArray().Where(item => item.ValueKind == JsonValueKind.String).Select(item => item.GetString()!).Where(text => text.Length > 0)]
            : [];

    public static JsonElement? Get(this JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) ? value : null;
}
