using System.Globalization;
using System.Text.Json.Nodes;
using OpsBot.Chat.Teams.Cards;
using OpsBot.IntegrationTests.Chat;
using OpsBot.IntegrationTests.Support;
using OpsBot.Tests.Chat.Teams;
using Shouldly;
using Xunit;

namespace OpsBot.IntegrationTests.Teams;

/// <summary>Far more happens than anybody wants to read in Teams: what is left of it there is right, within its limits, and few messages.</summary>
public sealed class TeamsStormTests(ITestOutputHelper output)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_storm_of_updates_ends_in_cards_that_are_right_within_the_limits_of_Teams_and_the_budget_of_each_thread()
    {
        LongRun.Require();
        await using var teams = await TeamsCloud.StartAsync(Token);
        await Storm.PlayAsync(new Stormed(teams), output, Token);
    }

    private sealed class Stormed : IStormedSurface
    {
        private readonly TeamsCloud _teams;
        private readonly TeamsLimits _limits = new();

        public Stormed(TeamsCloud teams)
        {
            _teams = teams;
            teams.Connector.Mood = _limits.Answer;
        }

        public string Name => "teams";

        public IReadOnlyList<StormedCard> Cards
        {
            get
            {
                var posts = _teams.Connector.Snapshot();
                return
                [
                    .. posts.Where(post => post.Conversation.EndsWith(Root(post), StringComparison.Ordinal)).Select(post => new StormedCard(
                        $"{post.Conversation[..^Root(post).Length]}/{post.Id}",
                        posts.Count(reply => reply.Conversation == post.Conversation && reply.Id != post.Id),
                        string.Join('\n', post.Lines),
                        (card, id) => JsonNode.DeepEquals(JsonNode.Parse(post.Card.GetRawText()), AdaptiveCardRenderer.Render(card, id)))),
                ];
            }
        }

        public string Figures
        {
            get
            {
                var posts = _teams.Connector.Snapshot();
                return string.Create(
                    CultureInfo.InvariantCulture,
                    $"{posts.Count} posts and {posts.Sum(post => post.Edits)} edits, {_limits.Limited.Count} over a limit, {_limits.Ignored.Count} within a Retry-After");
            }
        }

        public string Channel(int number) => string.Create(CultureInfo.InvariantCulture, $"teams:19:storm{number}@thread.tacv2");

        public string Section(DataFolder folder) => _teams.Section(folder);

        public void Break(int update) => _limits.Break(update % 2 == 0 ? "update" : "post", (update % 4) switch { 0 => 502, 2 => 412, _ => 429 });

        public void CheckManners()
        {
            _limits.Limited.ShouldBeEmpty();
            _limits.Ignored.ShouldBeEmpty();
            _teams.Connector.Violations.ShouldBeEmpty();
        }

        private static string Root(Post post) => $";messageid={post.Id}";
    }
}
