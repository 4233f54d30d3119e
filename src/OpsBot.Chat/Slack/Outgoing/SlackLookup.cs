using System.Globalization;
using System.Text.Json;
using OpsBot.Chat.Slack.Wire;

namespace OpsBot.Chat.Slack.Outgoing;

/// <summary>Finds again what may have been posted: every message of ours carries its delivery id as metadata, which only programs see.</summary>
internal sealed class SlackLookup(SlackApi api)
{
    public const string EventType = "opsbot_delivery";

    private const int Page = 200, MostPages = 20;

    // Our clock and Slack's may differ, and of a post in several parts the last may have come minutes after it was begun. What others write later than that is
    // not looked through, however much it is.
    private static readonly TimeSpan Before = TimeSpan.FromMinutes(5), After = TimeSpan.FromMinutes(15);

    /// <summary>The messages of a delivery by the number of their part, and the names of files that stand in the same place.</summary>
    /// <param name="thread">Time stamp of the thread's first message; null for the channel itself.</param>
    /// <param name="since">When it was posted, if it was.</param>
    /// <param name="until">When it had been posted at the latest, if it was; a while after <paramref name="since"/> where nothing is said.</param>
    public async Task<LookedUp> FindAsync(string channel, string? thread, string deliveryId, DateTimeOffset since, CancellationToken cancellationToken, DateTimeOffset? until = null)
    {
        var (parts, files) = (new SortedDictionary<int, SlackReference>(), new HashSet<string>(StringComparer.Ordinal));
        var (oldest, latest) = (Ts(since - Before), Ts((until ?? since) + After));
        var cursor = "";
        for (var page = 0; page < MostPages; page++)
        {
            var answer = await api.CallAsync(
                thread is null ? "conversations.history" : "conversations.replies", cancellationToken,
                ("channel", channel), ("ts", thread), ("oldest", oldest), ("latest", latest), ("limit", Page), ("include_all_metadata", true), ("cursor", cursor.Length > 0 ? cursor : null));
            if (answer is not SlackAnswer.Done done)
                return new LookedUp(parts, files, answer);
            foreach (var message in done.Body.Items("messages"))
                Note(message, channel, deliveryId, parts, files);
            cursor = done.Body.Part("response_metadata").Word("next_cursor") ?? "";
            if (cursor.Length == 0)
                return new LookedUp(parts, files, null);
        }

        return new LookedUp(parts, files, new SlackAnswer.Refused("too_many", $"more than {Page * MostPages} messages around that time"));
    }

    private static string Ts(DateTimeOffset time) => (time.ToUnixTimeMilliseconds() / 1000m).ToString("0.000000", CultureInfo.InvariantCulture);

    private static void Note(JsonElement message, string channel, string deliveryId, SortedDictionary<int, SlackReference> parts, HashSet<string> files)
    {
        foreach (var file in message.Items("files"))
        {
            if (file.Word("name") is { } name)
                files.Add(name);
        }

        var payload = message.Part("metadata").Part("event_payload");
        if (message.Part("metadata").Word("event_type") == EventType && payload.Word("delivery_id") == deliveryId && message.Word("ts") is { } ts)
            parts[int.TryParse(payload.Word("part"), CultureInfo.InvariantCulture, out var part) ? part : 0] = new SlackReference(channel, ts);
    }
}

/// <summary>What stands there already.</summary>
/// <param name="Problem">Why it could not be looked at to the end; null where it could.</param>
internal sealed record LookedUp(IReadOnlyDictionary<int, SlackReference> Parts, IReadOnlySet<string> Files, SlackAnswer? Problem)
{
    public static LookedUp Nothing { get; } = new(new Dictionary<int, SlackReference>(), new HashSet<string>(), null);
}
