using System.Globalization;
using OpsBot.Chat.Slack.Blocks;
using OpsBot.IntegrationTests.Chat;
using OpsBot.IntegrationTests.Slack.Simulator;
using OpsBot.IntegrationTests.Support;
using Shouldly;
using Xunit;

namespace OpsBot.IntegrationTests.Slack;

/// <summary>Far more happens than Slack takes: what is left of it there is right, within its limits, and few messages.</summary>
public sealed class SlackStormTests(ITestOutputHelper output)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_storm_of_updates_ends_in_cards_that_are_right_within_Slacks_limits_and_the_budget_of_each_thread()
    {
        LongRun.Require();
        await using var slack = await SlackSimulator.StartAsync(Token);
        slack.Limits.EditsAMinute = 60;
        await Storm.PlayAsync(new Stormed(slack), output, Token);
    }

    private sealed class Stormed(SlackSimulator slack) : IStormedSurface
    {
        public string Name => "slack";

        public IReadOnlyList<StormedCard> Cards =>
        [
            .. slack.Workspace.Messages.Where(message => message.ThreadTs is null).Select(message => new StormedCard(
                $"{message.Channel}/{message.Ts}",
                slack.Workspace.Messages.Count(reply => reply.ThreadTs == message.Ts),
                message.Shown,
                (card, _) => message.Blocks!.ToJsonString() == CardBlocks.Of(card).ToJsonString())),
        ];

        public string Figures => string.Create(
            CultureInfo.InvariantCulture,
            $"{slack.Calls.Count(call => call == "chat.postMessage")} posts and {slack.Calls.Count(call => call == "chat.update")} edits, {slack.Limits.Limited} over a limit, {slack.Limits.Ignored} within a Retry-After");

        public string Channel(int number) => $"slack:{Id(number)}";

        public string Section(DataFolder folder)
        {
            folder.Write("bot", SlackWorkspace.BotToken);
            folder.Write("app", SlackWorkspace.AppToken);
            return $"slack: {{ botToken: !file bot, appToken: !file app, apiUrl: \"{slack.ApiUrl}\" }}";
        }

        public void Break(int update) => slack.Break(update % 2 == 0 ? "chat.update" : "chat.postMessage", SlackFault.RateLimited);

        public void CheckManners()
        {
            (slack.Limits.Limited, slack.Limits.Ignored).ShouldBe((0, 0));
            slack.Workspace.Messages.GroupBy(message => message.Metadata?.ToJsonString()).ShouldAllBe(same => same.Count() == 1);
        }

        private string Id(int number)
        {
            var id = string.Create(CultureInfo.InvariantCulture, $"C0STORM{number}");
            slack.Workspace.Channels.Add(id);
            return id;
        }
    }
}
