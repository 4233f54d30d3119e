using System.Text.Json;

namespace OpsBot.Tests.Chat.Teams;

/// <summary>
/// The schema of Adaptive Cards 1.5, for the elements that we use: which members each has, of which type, which must be there, and which values they may take.
/// Whatever is not in the table is a fault, so that nothing new goes out unlooked at. Text that a client reads as Markdown is held to our own rule besides.
/// </summary>
internal static class AdaptiveCardRules
{
    private static readonly string[] Spacings = ["default", "none", "small", "medium", "large", "extralarge", "padding"];

    private static readonly Dictionary<string, Member[]> Elements = new(StringComparer.Ordinal)
    {
        ["AdaptiveCard"] =
        [
            Text("version", required: true, "1.5"), Text("$schema", required: false, "http://adaptivecards.io/schemas/adaptive-card.json"), Text("fallbackText", markdown: true),
            Kind("msteams", JsonValueKind.Object), List("body", ["RichTextBlock", "Image", "Input.Text", "Input.ChoiceSet"]),
            List("actions", ["Action.Execute", "Action.ShowCard"], most: 6), Kind("refresh", JsonValueKind.Object),
        ],
        ["RichTextBlock"] = [List("inlines", ["TextRun"], required: true), Text("spacing", required: false, Spacings), Kind("separator", JsonValueKind.True)],
        ["TextRun"] =
        [
            Text("text", required: true), Text("weight", required: false, "default", "lighter", "bolder"), Text("size", required: false, "default", "small", "medium", "large", "extralarge"),
            Text("color", required: false, "default", "dark", "light", "accent", "good", "warning", "attention"), Text("fontType", required: false, "default", "monospace"),
            Kind("isSubtle", JsonValueKind.True),
        ],
        ["Image"] = [Text("id"), Text("url", required: true), Text("altText", required: true), Text("size", required: false, "auto", "stretch", "small", "medium", "large")],
        ["Input.Text"] =
        [
            Text("id", required: true), Text("label"), Text("value"), Text("errorMessage"), Kind("isRequired", JsonValueKind.True, JsonValueKind.False), Kind("maxLength", JsonValueKind.Number),
        ],
        ["Input.ChoiceSet"] =
        [
            Text("id", required: true), Text("label"), Text("value"), Text("errorMessage"), Kind("isRequired", JsonValueKind.True, JsonValueKind.False),
            Text("style", required: true, "compact"), Kind("choices", JsonValueKind.Array),
        ],
        ["Action.Execute"] =
        [
            Text("id"), Text("title", required: true, markdown: true), Text("verb", required: true), Kind("data", JsonValueKind.Object), Text("style", required: false, "default", "positive", "destructive"),
            Text("associatedInputs", required: false, "auto", "none"), Nested("fallback", ["Action.Submit"]),
        ],
        ["Action.Submit"] = [Text("title", required: true, markdown: true), Kind("data", JsonValueKind.Object)],
        ["Action.ShowCard"] = [Text("id"), Text("title", required: true, markdown: true), Nested("card", ["AdaptiveCard"], required: true)],
    };

    /// <summary>What is wrong with a card, with its path; nothing where it holds.</summary>
    public static IEnumerable<string> Problems(JsonElement card) => Check(card, ["AdaptiveCard"], "$");

    private static IEnumerable<string> Check(JsonElement element, string[] allowed, string path)
    {
        if (element.ValueKind != JsonValueKind.Object || !element.TryGetProperty("type", out var named) || named.GetString() is not { } type || !allowed.Contains(type))
            return [$"{path}: is none of {string.Join(", ", allowed)}"];
        var members = Elements[type];
        var unknown = element.EnumerateObject().Where(member => member.Name != "type" && !Array.Exists(members, known => known.Name == member.Name))
            .Select(member => $"{path}.{member.Name}: {type} has no such member");
        return unknown.Concat(members.SelectMany(member => Check(element, member, $"{path}.{member.Name}"))).Concat(Special(element, type, path));
    }

    private static IEnumerable<string> Check(JsonElement element, Member member, string path)
    {
        if (!element.TryGetProperty(member.Name, out var value))
            return member.Required ? [$"{path}: is missing"] : [];
        if (!member.Kinds.Contains(value.ValueKind)) return [$"{path}: is {value.ValueKind}"];
        if (member.Values.Length > 0 && !member.Values.Contains(value.GetString(), StringComparer.OrdinalIgnoreCase)) return [$"{path}: '{value}' is no value of it"];
        if (member.Markdown && value.GetString()!.Any("<>*_[]`~#".Contains)) return [$"{path}: '{value}' may be read as Markdown"];
        if (value.ValueKind == JsonValueKind.String && member.Required && value.GetString()!.Length == 0) return [$"{path}: is empty"];
        if (member.Elements.Length == 0) return [];
        if (value.ValueKind == JsonValueKind.Object) return Check(value, member.Elements, path);
        var items = value.EnumerateArray().ToList();
        var count = items.Count > member.Most ? [$"{path}: has {items.Count}, most are {member.Most}"] : member.Required && items.Count == 0 ? [$"{path}: is empty"] : Array.Empty<string>();
        return count.Concat(items.SelectMany((item, index) => Check(item, member.Elements, $"{path}[{index}]")));
    }

    private static IEnumerable<string> Special(JsonElement element, string type, string path)
    {
        if (type == "AdaptiveCard" && element.TryGetProperty("refresh", out var refresh))
        {
            if (!refresh.TryGetProperty("action", out var action)) yield return $"{path}.refresh.action: is missing";
            else
                foreach (var problem in Check(action, ["Action.Execute"], $"{path}.refresh.action")) yield return problem;
        }

        if (type == "Image" && element.TryGetProperty("url", out var url) && !url.GetString()!.StartsWith("data:image/png;base64,", StringComparison.Ordinal))
            yield return $"{path}.url: is loaded from elsewhere";
        if (type == "Input.ChoiceSet" && element.TryGetProperty("choices", out var choices))
        {
            if (choices.GetArrayLength() == 0 || choices.EnumerateArray().Any(choice => !choice.TryGetProperty("title", out _) || !choice.TryGetProperty("value", out _)))
                yield return $"{path}.choices: one has no title or no value";
        }

        if (type == "Input.Text" && element.TryGetProperty("isRequired", out var required) && required.ValueKind == JsonValueKind.True && !element.TryGetProperty("errorMessage", out _))
            yield return $"{path}.errorMessage: is missing of a field that is required";
    }

    private static Member Text(string name, bool required, params string[] values) => new(name, [JsonValueKind.String], required, values, [], int.MaxValue, Markdown: false);

    private static Member Text(string name, bool required = false, bool markdown = false) => new(name, [JsonValueKind.String], required, [], [], int.MaxValue, markdown);

    private static Member Kind(string name, params JsonValueKind[] kinds) => new(name, kinds, Required: false, [], [], int.MaxValue, Markdown: false);

    private static Member List(string name, string[] elements, bool required = false, int most = int.MaxValue) => new(name, [JsonValueKind.Array], required, [], elements, most, Markdown: false);

    private static Member Nested(string name, string[] elements, bool required = false) => new(name, [JsonValueKind.Object], required, [], elements, int.MaxValue, Markdown: false);

    private sealed record Member(string Name, JsonValueKind[] Kinds, bool Required, string[] Values, string[] Elements, int Most, bool Markdown);
}
