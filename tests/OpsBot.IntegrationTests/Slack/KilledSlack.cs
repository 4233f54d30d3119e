using System.Globalization;
using OpsBot.IntegrationTests.Chat;
using OpsBot.IntegrationTests.Slack.Simulator;
using OpsBot.IntegrationTests.Support;

namespace OpsBot.IntegrationTests.Slack;

/// <summary>Slack's simulator as the rounds of kills see it.</summary>
internal sealed class KilledSlack(SlackSimulator slack) : IKilledSurface
{
    private static readonly TimeSpan AckLimit = TimeSpan.FromSeconds(3);

    private readonly Dictionary<string, System.Text.Json.Nodes.JsonObject> _said = new(StringComparer.Ordinal);

    public string Name => "slack";

    public IReadOnlyList<string> HoldPoints { get; } =
    [
        .. from what in (string[])["thread", "card", "reply", "answer"] from at in (string[])["sent", "posted"] select $"chat-{what}-{at}",
    ];

    public IReadOnlyList<string> Calls { get; } =
    [
        .. from call in (string[])["chat.postMessage", "chat.update", "files.getUploadURLExternal", "files.completeUploadExternal"] from at in (string[])["before", "after"] select $"{call}/{at}",
        "upload/before",
    ];

    public bool IsOften(string point) => point.StartsWith("chat.", StringComparison.Ordinal) || (point.StartsWith("chat-", StringComparison.Ordinal) && !point.StartsWith("chat-answer", StringComparison.Ordinal));

    public KillTrap Trap => slack.Trap;

    public IReadOnlyList<Standing> Stands => [.. slack.Workspace.Messages.Where(message => message.OnlyFor is null).Select(Seen)];

    public static async Task<KilledSlack> StartAsync(CancellationToken cancellationToken)
    {
        var slack = await SlackSimulator.StartAsync(cancellationToken);
        for (var lane = 0; lane < KillRounds.Lanes; lane++)
            slack.Workspace.Channels.Add(Channel(lane));
        return new KilledSlack(slack);
    }

    public string Configuration(DataFolder folder)
    {
        folder.Write("bot", SlackWorkspace.BotToken);
        folder.Write("app", SlackWorkspace.AppToken);
        var routes = Enumerable.Range(0, KillRounds.Lanes).Select(lane => string.Create(CultureInfo.InvariantCulture, $"{{ environments: [lane{lane}-*], to: [\"slack:{Channel(lane)}\"] }}"));
        return $$"""
            slack: { botToken: !file bot, appToken: !file app, apiUrl: "{{slack.ApiUrl}}" }
            chat: { editEvery: 0s, routes: [{{string.Join(", ", routes)}}] }
            """;
    }

    public async Task<bool> SayAsync(Standing card, string words, string key, CancellationToken cancellationToken)
    {
        if (!_said.TryGetValue(key, out var payload))
            _said[key] = payload = SlackPayloads.Mention(words, channel: card.Channel, thread: card.Id);
        var begun = TimeProvider.System.GetTimestamp();
        while (slack.Sockets.Open.Count == 0 && TimeProvider.System.GetElapsedTime(begun) < AckLimit)
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, cancellationToken);
        return slack.Sockets.Open is [.., var newest] && await slack.Sockets.DeliverAsync("events_api", payload, AckLimit, newest, retry: 1).WaitAsync(cancellationToken) is not null;
    }

    public ValueTask DisposeAsync() => slack.DisposeAsync();

    private static string Channel(int lane) => string.Create(CultureInfo.InvariantCulture, $"C0LANE{lane}");

    private static Standing Seen(SlackMessage message)
    {
        var own = message.Metadata?["event_payload"];
        var (id, part) = ((string?)own?["delivery_id"], (string?)own?["part"]);
        return new Standing(message.Ts, message.Channel, message.ThreadTs, part is null or "0" ? id : $"{id}/{part}", message.Shown);
    }
}
