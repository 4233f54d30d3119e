using System.Globalization;
using System.Text.Json;
using OpsBot.Actions.Catalog;
using OpsBot.Runtime.Processes;

namespace OpsBot.Actions.Approvals;

/// <summary>Runs an action's small programs within their bounds, and reads what <c>state</c> prints.</summary>
public static class StateProgram
{
    private const int MostFields = 64;
    private const int LongestValue = 1000;

    public static ProcessRequest ToRequest(this PlannedCommand command) => new(command.Arguments[0], [.. command.Arguments.Skip(1)])
    {
        Environment = command.Environment,
        TimeLimit = command.TimeLimit,
        MaxOutputBytes = command.OutputLimitBytes,
        WorkingDirectory = command.WorkingDirectory,
    };

    /// <summary>Fields that the program printed; none where the action has no such program.</summary>
    /// <exception cref="ActionRefusedException">It failed, or printed no flat JSON object.</exception>
    public static async Task<IReadOnlyDictionary<string, string>> ReadAsync(
        IProcessRunner runner, string action, PlannedCommand? command, CancellationToken cancellationToken)
    {
        if (command is null)
            return new SortedDictionary<string, string>(StringComparer.Ordinal);
        var result = await runner.RunAsync(command.ToRequest(), cancellationToken);
        return result switch
        {
            { Outcome: ProcessOutcome.NotStarted } => throw Unreadable(action, result.StartError ?? "it could not be started"),
            { Outcome: ProcessOutcome.TimedOut } => throw Unreadable(action, $"it did not end within {command.TimeLimit}"),
            { ExitCode: not 0 } => throw Unreadable(action, string.Create(CultureInfo.InvariantCulture, $"it ended with {result.ExitCode}: {Cut(result.Error.Text)}")),
            { Output.CutBytes: > 0 } => throw Unreadable(action, string.Create(CultureInfo.InvariantCulture, $"it printed more than {command.OutputLimitBytes} bytes")),
            _ => Parse(action, result.Output.Text),
        };
    }

    /// <exception cref="ActionRefusedException">It is no flat JSON object, or too large.</exception>
    internal static IReadOnlyDictionary<string, string> Parse(string action, string text)
    {
        var fields = new SortedDictionary<string, string>(StringComparer.Ordinal);
        try
        {
            using var document = JsonDocument.Parse(text, new JsonDocumentOptions { AllowDuplicateProperties = false, MaxDepth = 4 });
            if (document.RootElement.ValueKind != JsonValueKind.Object)
                throw Unreadable(action, "it printed no JSON object");
            foreach (var member in document.RootElement.EnumerateObject())
                fields.Add(member.Name, Value(action, member));
        }
        catch (Exception broken) when (broken is JsonException or InvalidOperationException)
        {
            throw Unreadable(action, $"it printed no JSON: {Cut(broken.Message)}");
        }

        return fields.Count <= MostFields
            ? fields
            : throw Unreadable(action, string.Create(CultureInfo.InvariantCulture, $"it printed {fields.Count} fields; at most {MostFields} are read"));
    }

    private static string Value(string action, JsonProperty member)
    {
        var value = member.Value.ValueKind switch
        {
            JsonValueKind.String => member.Value.GetString()!,
            JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False => member.Value.GetRawText(),
            JsonValueKind.Null => "",
            _ => throw Unreadable(action, $"its field '{Cut(member.Name)}' is no text, number or truth value"),
        };
        return value.Length <= LongestValue
            ? value
            : throw Unreadable(action, string.Create(CultureInfo.InvariantCulture, $"its field '{Cut(member.Name)}' has {value.Length} characters; at most {LongestValue} are read"));
    }

    private static ActionRefusedException Unreadable(string action, string why) => new($"The state of {action} could not be read: {why.TrimEnd('.')}.");

    private static string Cut(string text) => OneLine.Of(text, 300);
}
