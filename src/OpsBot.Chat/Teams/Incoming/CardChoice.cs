using System.Text.Json;
using OpsBot.Chat.Cards;
using OpsBot.Contracts.Events;

namespace OpsBot.Chat.Teams.Incoming;

/// <summary>
/// What a button of one of our cards carries, and the inputs beside it. All of it comes back from somebody's client: it says what was pressed and
/// proves nothing.
/// </summary>
internal static class CardChoice
{
    /// <summary>Which of our buttons it is.</summary>
    public const string Kind = "opsbot";
    public const string Decide = "decide";
    public const string Form = "form";
    public const string Refresh = "refresh";

    public const string Decision = "decision";
    public const string Proposal = "proposal";
    public const string Version = "version";
    public const string Command = "command";
    public const string Incident = "incident";

    /// <summary>What the ids of inputs begin with, so that no field of a form can stand in for a member of ours.</summary>
    public const string Input = "in.";

    private const int MostValues = 40;
    private const int LongestValue = 2_000;

    /// <summary>Null where it is no button of ours.</summary>
    public static (ChatWay Way, ChatChoice Choice, string Text)? Read(JsonElement? value)
    {
        if (value is not { ValueKind: JsonValueKind.Object } data) return null;
        switch (Text(data, Kind))
        {
            case Decide when Text(data, Decision) is "approve" or "refuse" && Number(data, Proposal) is > 0 and var id && Number(data, Version) is > 0 and <= int.MaxValue and var version:
                var decision = Text(data, Decision)!;
                return (ChatWay.Button, new ChatChoice(decision, id, (int)version, Values(data)), decision);
            case Form when Text(data, Command) is { Length: > 0 } command:
                return (ChatWay.Form, new ChatChoice("run", 0, 0, Values(data)), PlainText.Line(command, SpokenText.Limit).Value);
            default:
                return null;
        }
    }

    /// <summary>The incident whose card asks for its newest state; null where it does not.</summary>
    public static long? RefreshOf(JsonElement? value) =>
        value is { ValueKind: JsonValueKind.Object } data && Text(data, Kind) == Refresh && Number(data, Incident) is > 0 and var id ? id : null;

    private static Dictionary<string, string> Values(JsonElement data)
    {
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var member in data.EnumerateObject())
        {
            if (values.Count == MostValues) break;
            if (!member.Name.StartsWith(Input, StringComparison.Ordinal) || member.Name.Length > Input.Length + 100) continue;
            var text = member.Value.ValueKind switch
            {
                JsonValueKind.String => member.Value.GetString(),
                JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False => member.Value.GetRawText(),
                _ => null,
            };
            if (PlainText.Block(text, LongestValue).Value.Trim() is { Length: > 0 } clean) values[member.Name[Input.Length..]] = clean;
        }

        return values;
    }

    private static string? Text(JsonElement data, string name) =>
        data.TryGetProperty(name, out var member) && member.ValueKind == JsonValueKind.String ? member.GetString() : null;

    private static long Number(JsonElement data, string name) =>
        data.TryGetProperty(name, out var member) && member.ValueKind == JsonValueKind.Number && member.TryGetInt64(out var number) ? number : 0;
}
