using System.Globalization;
using System.Text.Json.Nodes;

namespace OpsBot.IntegrationTests.Slack.Simulator;

/// <summary>A message as it stands in a channel.</summary>
internal sealed record SlackMessage(string Channel, string Ts, string Text)
{
    public string? ThreadTs { get; init; }

    public JsonArray? Blocks { get; init; }

    public JsonObject? Metadata { get; init; }

    /// <summary>The user who alone sees it; null where everybody does.</summary>
    public string? OnlyFor { get; init; }

    public IReadOnlyList<SlackFile> Files { get; init; } = [];

    public int Edits { get; init; }

    /// <summary>Everything that a person reads in it, entities undone, as one text.</summary>
    public string Shown => string.Join('\n', Blocks is null ? [Text.Decoded()] : Words(Blocks).Select(word => word.Decoded()));

    private static IEnumerable<string> Words(JsonNode? node) => node switch
    {
        JsonObject text when (string?)text["type"] is "plain_text" or "mrkdwn" => [(string)text["text"]!],
        JsonObject other => other.Where(pair => pair.Key is "text" or "fields" or "elements" or "title" or "label").SelectMany(pair => Words(pair.Value)),
        JsonArray list => list.SelectMany(Words),
        _ => [],
    };
}

internal sealed record SlackFile(string Id, string Name, byte[] Bytes, string Title);

/// <summary>What is in the workspace: channels, people, messages, files, open modals. A lock around everything.</summary>
internal sealed class SlackWorkspace
{
    public const string BotToken = "xoxb-100000000001-simulator-bot", AppToken = "xapp-1-A0OPSBOT-simulator-app", SigningSecret = "8f742231b10e8888abcd99yyyzzz85a5";

    public const string Team = "T0SIM", Bot = "U0OPSBOT", BotId = "B0OPSBOT", AppId = "A0OPSBOT", Channel = "C024BE91L", Alerts = "C0ALERTS", Direct = "D0ANNA", Anna = "U0ANNA", Stranger = "U0STRANGER";

    private readonly Lock _lock = new();
    private readonly List<SlackMessage> _messages = [];
    private readonly Dictionary<string, DateTimeOffset> _lastPost = new(StringComparer.Ordinal);
    private long _number = 1_700_000_000_000_000;

    public HashSet<string> Channels { get; } = [Channel, Alerts, Direct, "C0OTHER", "C0THIRD"];

    /// <summary>Channels that the bot was not invited to.</summary>
    public HashSet<string> NotIn { get; } = ["C0PRIVATE"];

    public Dictionary<string, SlackFile> Files { get; } = new(StringComparer.Ordinal);

    public Dictionary<string, JsonObject> Views { get; } = new(StringComparer.Ordinal);

    /// <summary>Triggers that may still open a modal.</summary>
    public HashSet<string> Triggers { get; } = new(StringComparer.Ordinal);

    /// <summary>Slack takes about one message a second a channel; four fifths of it are always waited for.</summary>
    public TimeSpan Pace { get; set; } = TimeSpan.FromSeconds(1);

    public IReadOnlyList<SlackMessage> Messages => Locked(() => _messages.ToList());

    public IReadOnlyList<SlackMessage> In(string channel) => [.. Messages.Where(message => message.Channel == channel)];

    public T Locked<T>(Func<T> work)
    {
        lock (_lock)
            return work();
    }

    /// <summary>Seconds to wait where the channel had a message just now; null where it may have another.</summary>
    public int? TooFast(string channel, DateTimeOffset now) => Locked<int?>(() =>
    {
        if (_lastPost.TryGetValue(channel, out var last) && now - last < Pace * 0.8)
            return 1;
        _lastPost[channel] = now;
        return null;
    });

    /// <summary>A time stamp that none had before: it names a message in its channel.</summary>
    public string NextTs(DateTimeOffset now) => Locked(() =>
    {
        _number = Math.Max(_number + 1, now.ToUnixTimeMilliseconds() * 1000);
        return string.Create(CultureInfo.InvariantCulture, $"{_number / 1_000_000}.{_number % 1_000_000:000000}");
    });

    public void Add(SlackMessage message) => Locked(() =>
    {
        _messages.Add(message);
        return 0;
    });

    public bool Replace(string channel, string ts, Func<SlackMessage, SlackMessage> change) => Locked(() =>
    {
        var at = _messages.FindIndex(message => message.Channel == channel && message.Ts == ts && message.OnlyFor is null);
        if (at >= 0)
            _messages[at] = change(_messages[at]);
        return at >= 0;
    });
}

internal static class SlackEntities
{
    public static string Decoded(this string text) =>
        text.Replace("&lt;", "<", StringComparison.Ordinal).Replace("&gt;", ">", StringComparison.Ordinal).Replace("&amp;", "&", StringComparison.Ordinal);
}
