using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using OpsBot.Chat.Slack.Wire;
using OpsBot.Contracts.Events;
using OpsBot.Contracts.Incidents;

namespace OpsBot.Chat.Slack.Incoming;

/// <summary>
/// Reads the message of another bot as an alert, by rules that are plain: the first line is the title; what <see cref="AlertMarks"/> knows, or a green bar, says
/// that it is over; words such as <c>critical</c> how bad it is; a field called service what it is about. The same bot with the same title in the same channel
/// is the same alert, so the title must not change from firing to resolved but for those marks.
/// </summary>
internal static partial class AlertPosts
{
    private const int Title = 500, Description = 8_000, Field = 300, Most = 40;

    /// <summary>Null where the message has no words.</summary>
    public static AlertReported? Of(JsonElement said, string channel, DateTimeOffset now)
    {
        var attachments = said.Items("attachments").Take(Most).ToList();
        var text = string.Join('\n', Texts(said, attachments).Where(part => part.Length > 0));
        var first = text.Split('\n').Select(line => line.Trim(' ', '*', '_', '`')).FirstOrDefault(line => line.Length > 0);
        if (first is null)
            return null;
        var fields = Fields(attachments);
        var bot = Cut(SlackWords.Printable(said.Word("bot_id") ?? said.Word("username") ?? "bot"), Field);
        var marks = AlertMarks.Of(first);
        var key = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{channel}/{bot}/{Words(marks.Bare)}")))[..32];
        return new AlertReported
        {
            Source = "slack",
            Event = "message",
            IncidentKey = key,
            Fingerprint = key,
            Status = IsOver(marks, attachments) ? AlertStatus.Resolved : AlertStatus.Firing,
            Title = Cut(first, Title),
            Service = fields.GetValueOrDefault("service"),
            Environment = fields.GetValueOrDefault("environment") ?? fields.GetValueOrDefault("env"),
            Severity = fields.GetValueOrDefault("severity") ?? fields.GetValueOrDefault("priority") ?? Severity(first, attachments),
            Description = Cut(text, Description),
            Labels = fields,
            OccurredAt = Time(said.Word("ts"), now),
            ReceivedAt = now,
            Facts = new Dictionary<string, string> { ["channel"] = channel, ["bot"] = bot },
        };
    }

    private static IEnumerable<string> Texts(JsonElement said, IReadOnlyList<JsonElement> attachments)
    {
        yield return SlackWords.Plain(said.Word("text"), bot: null);
        foreach (var block in said.Items("blocks").Take(Most))
        {
            if (block.Part("text").Word("text") is { } text && string.IsNullOrEmpty(said.Word("text")))
                yield return SlackWords.Plain(text, bot: null);
        }

        foreach (var name in attachments.SelectMany(attachment => (string?[])[attachment.Word("pretext"), attachment.Word("title"), attachment.Word("text") ?? attachment.Word("fallback")]))
            yield return SlackWords.Plain(name, bot: null);
    }

    private static Dictionary<string, string> Fields(IEnumerable<JsonElement> attachments)
    {
        var fields = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var field in attachments.SelectMany(attachment => attachment.Items("fields")).Take(Most))
        {
            if (field.Word("title") is { Length: > 0 } name && field.Word("value") is { Length: > 0 } value)
                fields.TryAdd(Cut(SlackWords.Printable(name).Trim(' ', ':', '*').ToLowerInvariant(), Field), Cut(SlackWords.Plain(value, bot: null).Trim('`', '*'), Field));
        }

        return fields;
    }

    /// <summary>Over only where the line says so in a form of its own, or where it says nothing and every bar is green.</summary>
    private static bool IsOver(AlertMarks marks, IReadOnlyList<JsonElement> attachments)
    {
        var bars = attachments.Select(attachment => attachment.Word("color")?.TrimStart('#').ToLowerInvariant()).OfType<string>().ToList();
        return marks.State ?? (bars.Count > 0 && bars.TrueForAll(bar => bar is "good" or "2eb886" or "36a64f"));
    }

    private static string? Severity(string first, IReadOnlyList<JsonElement> attachments)
    {
        foreach (Match word in WordForm().Matches(first))
        {
            if (SeverityLevels.Of(word.Value) is not (SeverityLevel.Unknown or SeverityLevel.Info))
                return word.Value.ToLowerInvariant();
        }

        return attachments.Select(attachment => attachment.Word("color")).FirstOrDefault(color => color is "danger" or "warning") is { } bar ? bar == "danger" ? "high" : "warning" : null;
    }

    /// <summary>Its words, so that neither case nor punctuation makes another alert.</summary>
    private static string Words(string bare) => string.Join(' ', WordForm().Matches(bare).Select(word => word.Value.ToLowerInvariant()));

    private static DateTimeOffset Time(string? ts, DateTimeOffset now) =>
        decimal.TryParse(ts, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds) && seconds is > 1_000_000_000 and < 100_000_000_000
            ? DateTimeOffset.FromUnixTimeMilliseconds((long)(seconds * 1000))
            : now;

    private static string Cut(string text, int most) => text.Length <= most ? text : text[..(char.IsHighSurrogate(text[most - 2]) ? most - 2 : most - 1)] + "…";

    [GeneratedRegex(@"[\p{L}\p{N}_.-]+", RegexOptions.None, 1_000)]
    private static partial Regex WordForm();
}
