using System.Text;
using System.Text.Json.Nodes;
using OpsBot.Chat.Threads;
using OpsBot.Contracts.Threads;
using OpsBot.IntegrationTests.Slack.Simulator;
using OpsBot.Tests.Chat.Threads;
using Xunit;

namespace OpsBot.IntegrationTests.Slack;

/// <summary>What every surface promises, kept by Slack.</summary>
public sealed class SlackSurfaceContractTests : ChatSurfaceContract, IAsyncLifetime
{
    private SlackUnderTest _ours = null!;

    protected override IChatSurface Surface => _ours.Surface;

    protected override ChatPlace Place => new("slack", SlackWorkspace.Channel);

    protected override int LargestMessage => 64 * 1024;

    protected override IReadOnlyList<string> Secrets => [SlackWorkspace.BotToken, SlackWorkspace.AppToken, SlackWorkspace.SigningSecret, "xoxb"];

    public async ValueTask InitializeAsync()
    {
        _ours = await SlackUnderTest.StartAsync(TestContext.Current.CancellationToken);
        _ours.Slack.RetryAfter = 7;
    }

    public ValueTask DisposeAsync() => _ours.DisposeAsync();

    protected override void Next(Trouble trouble) => _ours.Slack.Break("chat.*", trouble switch
    {
        Trouble.RateLimited => SlackFault.RateLimited,
        Trouble.ServerError => SlackFault.ServerError,
        Trouble.NoConnection => SlackFault.Cut,
        Trouble.LostAnswer => SlackFault.AnswerLost,
        _ => SlackFault.Forbidden,
    });

    protected override IReadOnlyList<ShownMessage> Shown() => [.. _ours.Slack.Workspace.In(SlackWorkspace.Channel).Select(Shown)];

    private ShownMessage Shown(SlackMessage message)
    {
        var blocks = message.Blocks ?? [];
        return new ShownMessage(
            $"{message.Channel}/{message.Ts}", message.ThreadTs is { } thread ? $"{message.Channel}/{thread}" : null, Read(message), Encoding.UTF8.GetByteCount(message.Text + message.Blocks?.ToJsonString()))
        {
            Buttons = [.. blocks.Where(block => (string?)block!["type"] == "actions").SelectMany(block => block!["elements"]!.AsArray()).Select(button => Button(button!))],
            Files = [.. message.Files.Select(file => file.Name), .. blocks.Where(block => (string?)block!["type"] == "image").Select(block => _ours.Slack.Workspace.Files[(string)block!["slack_file"]!["id"]!].Name)],
            Pings = Count(message.Text) + Texts(blocks).Where(text => (string?)text["type"] == "mrkdwn").Sum(text => Count((string)text["text"]!)),
        };
    }

    /// <summary>What is read of it without the captions of pictures and buttons.</summary>
    private static string Read(SlackMessage message) =>
        message with { Blocks = message.Blocks is null ? null : new JsonArray([.. message.Blocks.Where(block => (string?)block!["type"] is not ("actions" or "image")).Select(block => block!.DeepClone())]) } is { } text ? text.Shown : "";

    private static string Button(JsonNode button)
    {
        var parts = ((string)button["value"]!).Split('/');
        return $"{((string)button["action_id"]!).Replace("opsbot.", "", StringComparison.Ordinal)} PROP-{parts[0]} v{parts[1]}";
    }

    /// <summary>What Slack would notify somebody for: a mention in angle brackets. Without parse and link_names a bare @name is text.</summary>
    private static int Count(string text) => text.Split("<!").Length + text.Split("<@").Length - 2;

    private static IEnumerable<JsonObject> Texts(JsonNode? node) => node switch
    {
        JsonObject text when text["type"] is not null && text["text"] is JsonValue => [text],
        JsonObject other => other.SelectMany(pair => Texts(pair.Value)),
        JsonArray list => list.SelectMany(Texts),
        _ => [],
    };
}
