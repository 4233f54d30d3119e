using System.Text;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using OpsBot.Chat.Threads;
using OpsBot.Contracts.Threads;
using OpsBot.Runtime;
using OpsBot.Runtime.Processes;
using OpsBot.Tests.Chat.Threads;

namespace OpsBot.Tests.Chat.Teams;

/// <summary>What every surface promises, kept in Teams. The connector cannot be asked what stands there, and so nothing is found again.</summary>
public sealed class TeamsSurfaceTests : ChatSurfaceContract, IAsyncLifetime
{
    private TeamsApp _app = null!;

    protected override IChatSurface Surface => _app.Surface;

    protected override ChatPlace Place => new("teams", SomeActivity.Channel);

    protected override int LargestMessage => 28 * 1024;

    protected override bool HasFiles => File.Exists("/usr/bin/rsvg-convert");

    protected override bool FindsAgain => false;

    protected override DateTimeOffset Now => _app.Clock.GetUtcNow();

    protected override IReadOnlyList<string> Secrets => [TeamsSide.Secret, "token-"];

    public async ValueTask InitializeAsync()
    {
        await using var services = new ServiceCollection().AddLogging().AddSingleton(TimeProvider.System).AddRuntime().BuildServiceProvider();
        _app = await TeamsApp.StartAsync(programs: services.GetRequiredService<IProcessRunner>());
    }

    public async ValueTask DisposeAsync()
    {
        _app.Side.Connector.Violations.ShouldBeEmpty();
        await _app.DisposeAsync();
    }

    protected override IReadOnlyList<ShownMessage> Shown() => [.. _app.Side.Connector.Posts.Select(Show)];

    protected override void Next(Trouble trouble)
    {
        switch (trouble)
        {
            case Trouble.RateLimited:
                _app.Side.Connector.Failures.Enqueue((429, "7", null));
                break;
            case Trouble.ServerError:
                _app.Side.Connector.Failures.Enqueue((500, null, "ServiceError"));
                break;
            case Trouble.Forbidden:
                _app.Side.Connector.Failures.Enqueue((403, null, "BotNotInConversationRoster"));
                break;
            case Trouble.LostAnswer:
                _app.Side.Connector.LosesTheAnswer = true;
                break;
            default:
                _app.Side.Connector.IsAway = true;
                break;
        }
    }

    private static ShownMessage Show(Post post)
    {
        var root = post.Conversation.Split(";messageid=").ElementAtOrDefault(1);
        var card = post.Card;
        return new ShownMessage(post.Id, root == post.Id ? null : root, string.Join('\n', post.Lines).Replace('\u00A0', ' '), Encoding.UTF8.GetByteCount(post.Activity.GetRawText()))
        {
            Buttons = [.. Find(card, "data").Where(data => data.TryGetProperty("opsbot", out var kind) && kind.GetString() == "decide")
                .Select(data => $"{data.GetProperty("decision").GetString()} PROP-{data.GetProperty("proposal")} v{data.GetProperty("version")}").Distinct()],
            Files = [.. card.GetProperty("body").EnumerateArray().Where(element => element.GetProperty("type").GetString() == "Image").Select(element => element.GetProperty("id").GetString()!)],
            Pings = post.Activity.TryGetProperty("entities", out var entities) ? entities.GetArrayLength() : card.GetProperty("msteams").TryGetProperty("entities", out var ours) ? ours.GetArrayLength() : 0,
        };
    }

    private static IEnumerable<JsonElement> Find(JsonElement element, string name) => element.ValueKind switch
    {
        JsonValueKind.Object => element.EnumerateObject().SelectMany(member => member.Name == name ? [member.Value] : Find(member.Value, name)),
        JsonValueKind.Array => element.EnumerateArray().SelectMany(item => Find(item, name)),
        _ => [],
    };
}
