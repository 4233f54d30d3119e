using OpsBot.IntegrationTests.Chat;
using Shouldly;
using Xunit;

namespace OpsBot.IntegrationTests.Console;

/// <summary>The program is killed from outside at every point of writing its own threads, and at random.</summary>
public sealed class WebKillTests(ITestOutputHelper output)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public Task Killed_at_every_point_of_writing_a_thread_nothing_is_lost_and_nothing_stands_twice() =>
        KillBatches.PlayAsync(() => Task.FromResult(new KilledWeb()), ["web-reply-posted", "web-thread-posted"], output, Token, Check);

    private static void Check(KillRounds play, KilledWeb web)
    {
        // each reply that was to be written stands, by its own name, and none that nobody asked for
        play.Store.Lines("select delivery_id from thread_replies order by 1")
            .ShouldBe(play.Store.Lines("select json_extract(body, '$.deliveryId') from messages where kind = 'thread.post-reply' order by 1"));
        web.Answers.Count.ShouldBe(play.Incidents.Count(incident => incident.Asked));
        web.Answers.Values.ShouldAllBe(answer => answer.Contains("INC-", StringComparison.Ordinal) || answer.Contains("ikel", StringComparison.Ordinal) || answer.Contains("cause", StringComparison.Ordinal));
    }
}
