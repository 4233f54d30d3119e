using OpsBot.IntegrationTests.Support;
using Shouldly;
using Xunit;

namespace OpsBot.IntegrationTests.Demo;

/// <summary>The sample that ships, played as a newcomer plays it. Alone, because it is timed.</summary>
[Collection(Timed)]
public sealed class DemoTests(ITestOutputHelper output)
{
    internal const string Timed = "timed";

    /// <summary>Of those that work hard, a browser and a demo or servers each: one at a time, beside others.</summary>
    internal const string Hard = "hard";

    private const string GuiltyDeploy = "deployment/880437";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [CollectionDefinition(Timed, DisableParallelization = true)]
    public sealed class TimedCollection;

    [CollectionDefinition(Hard)]
    public sealed class HardCollection;

    [Fact]
    public async Task The_demo_prints_a_thread_that_names_checkout_and_the_deploy_that_broke_it()
    {
        using var folder = new DataFolder();

        var playing = OpsBotProgram.RunAsync(folder, Cancel, "demo", "--once");
        var first = await FirstPostAsync(folder, playing);
        var played = await playing;

        played.ExitCode.ShouldBe(0, played.ToString());
        output.WriteLine(played.Output);
        output.WriteLine($"first post {first.TotalMilliseconds:0} ms after the first alert");
        var causes = PrintedCard.LikelyCause(played.Output);
        causes.ShouldContain("checkout");
        causes.ShouldContain(GuiltyDeploy);
        played.Output.ShouldContain("» ");
        played.Error.ShouldBeEmpty();
        first.ShouldBeLessThan(TimeSpan.FromSeconds(2));
        Directory.EnumerateDirectories(folder.Path).ShouldBeEmpty("the demo leaves nothing behind");
    }

    /// <summary>From the first alert in the table to the first card or reply; read while the demo plays, since it takes its folder along.</summary>
    private static async Task<TimeSpan> FirstPostAsync(DataFolder folder, Task playing)
    {
        var found = await OpsBotProgram.UntilAsync<object>(
            () =>
            {
                playing.IsFaulted.ShouldBeFalse();
                if (playing.IsCompleted)
                {
                    Assert.Fail("The demo ended before anything was posted.");
                }

                var store = Directory.EnumerateFiles(folder.Path, "opsbot.db", SearchOption.AllDirectories).Select(file => new StoreFile(file)).FirstOrDefault();
                return Task.FromResult<object?>(store is null || store.Count("select count(*) from sqlite_master where name = 'thread_replies'") == 0
                    ? null
                    : store.Query<object?>(
                        """
                        select min(p.at) - (select min(created_at) from messages where kind = 'alert.reported')
                        from (select opened_at as at from threads union all select at from thread_replies) p
                        """,
                        row => row.IsDBNull(0) ? null : row.GetInt64(0)).Single());
            },
            "the first post",
            Cancel);
        return TimeSpan.FromMilliseconds((long)found);
    }
}
