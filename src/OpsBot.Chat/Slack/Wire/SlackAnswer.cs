using System.Text.Json;

namespace OpsBot.Chat.Slack.Wire;

/// <summary>How a call of the Web API ended.</summary>
internal abstract record SlackAnswer
{
    private SlackAnswer()
    {
    }

    /// <summary><c>ok: true</c>.</summary>
    public sealed record Done(JsonElement Body) : SlackAnswer
    {
        public string? Text(string name) => Body.Word(name);
    }

    /// <summary>Slack will not do it: trying again cannot help.</summary>
    /// <param name="Error">Slack's word: <c>not_in_channel</c>.</param>
    /// <param name="Advice">What to do about it, for people.</param>
    public sealed record Refused(string Error, string Advice) : SlackAnswer;

    /// <summary>Not now.</summary>
    /// <param name="NotDone">Slack said, or it is plain, that nothing was done.</param>
    public sealed record Later(TimeSpan After, string Reason, bool NotDone) : SlackAnswer;
}

internal static class SlackJson
{
    /// <summary>A property that is text; null for anything else, and where the owner is no object.</summary>
    public static string? Word(this JsonElement owner, string name) =>
        owner.ValueKind == JsonValueKind.Object && owner.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    /// <summary>A property that is an object; otherwise an element of no kind, of which nothing can be read.</summary>
    public static JsonElement Part(this JsonElement owner, string name) =>
        owner.ValueKind == JsonValueKind.Object && owner.TryGetProperty(name, out var value) && value.ValueKind is JsonValueKind.Object or JsonValueKind.Array ? value : default;

    public static bool Is(this JsonElement owner, string name) => owner.ValueKind == JsonValueKind.Object && owner.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.True;

    public static IEnumerable<JsonElement> Items(this JsonElement owner, string name) =>
        owner.Part(name) is { ValueKind: JsonValueKind.Array } list ? list.EnumerateArray() : [];
}
