using OpsBot.IntegrationTests.Chat;
using OpsBot.IntegrationTests.Support;
using Xunit;

namespace OpsBot.IntegrationTests.Slack;

/// <summary>The program is killed from outside at every point of posting to Slack, and at random.</summary>
public sealed class SlackKillTests(ITestOutputHelper output)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public Task Killed_at_every_point_of_posting_nothing_is_lost_and_nothing_stands_twice()
    {
        LongRun.Require();
        return KillBatches.PlayAsync(() => KilledSlack.StartAsync(Token), ["chat.postMessage/after", "chat-answer-sent"], output, Token);
    }
}
