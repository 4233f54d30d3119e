using System.Text.Json;
using System.Text.Json.Nodes;
using OpsBot.Contracts;
using OpsBot.IntegrationTests.Support;
using Shouldly;
using Xunit;

namespace OpsBot.IntegrationTests.Demo;

/// <summary>The sample that ships, played as a newcomer plays it.</summary>
public sealed class DemoTests(ITestOutputHelper output)
{
    private const string GuiltyDeploy = "deployment/880437";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

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
        var causes = LikelyCause(played.Output);
        causes.ShouldContain("checkout");
        causes.ShouldContain(GuiltyDeploy);
        played.Output.ShouldContain("» ");
        played.Error.ShouldBeEmpty();
        first.ShouldBeLessThan(TimeSpan.FromSeconds(2));
        Directory.EnumerateDirectories(folder.Path).ShouldBeEmpty("the demo leaves nothing behind");
    }

    [Fact]
    public async Task Without_the_deploy_the_same_incident_is_not_blamed_on_it()
    {
        using var folder = new DataFolder();
        var sample = Path.Combine(folder.Path, "sample");
        Copy(Path.Combine(OpsBotProgram.Repository(), "deploy", "samples", "checkout-deploy"), sample);
        RemoveGuiltyDeploy(sample).ShouldBe(2, "its creation and its end");

        var played = await OpsBotProgram.RunAsync(folder, Cancel, "demo", "--once", "--sample", sample);

        played.ExitCode.ShouldBe(0, played.ToString());
        output.WriteLine(played.Output);
        played.Output.ShouldNotContain("880437");
        LikelyCause(played.Output).ShouldContain("checkout");
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

    /// <summary>The first of the ranked causes on the card.</summary>
    private static string LikelyCause(string printed)
    {
        var lines = printed.Split('\n');
        var heading = Array.FindIndex(lines, line => line.StartsWith("LIKELY CAUSE", StringComparison.Ordinal));
        heading.ShouldBeGreaterThan(0, printed);
        var cause = lines.Skip(heading + 1).TakeWhile((line, i) => line.Length > 0 && (i == 0 || !line.Contains(" %  ", StringComparison.Ordinal)));
        return string.Join(' ', cause.Select(line => line.Trim()));
    }

    private static int RemoveGuiltyDeploy(string sample)
    {
        var removed = 0;
        var list = Path.Combine(sample, "webhooks", "delivery.json");
        var deliveries = JsonNode.Parse(File.ReadAllText(list))!.AsArray();
        foreach (var delivery in deliveries.ToList())
        {
            var body = File.ReadAllText(Path.Combine(sample, "webhooks", (string)delivery!["file"]!));
            if ((string)delivery["as"]! == "github" && body.Contains("880437", StringComparison.Ordinal))
            {
                deliveries.Remove(delivery);
                removed++;
            }
        }

        File.WriteAllText(list, JsonSerializer.Serialize(deliveries, OpsBotJson.Indented));
        return removed;
    }

    private static void Copy(string from, string to)
    {
        foreach (var file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            var copy = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }
    }
}
