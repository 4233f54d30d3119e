using System.Text.Json;
using System.Text.Json.Nodes;
using OpsBot.Contracts;
using OpsBot.IntegrationTests.Support;
using Shouldly;
using Xunit;

namespace OpsBot.IntegrationTests.Demo;

/// <summary>A sample that was changed is told as it is now: nothing in the demo is staged.</summary>
public sealed class ChangedSampleTests(ITestOutputHelper output)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Without_the_deploy_the_same_incident_is_not_blamed_on_it()
    {
        LongRun.Require();
        using var folder = new DataFolder();
        var sample = Path.Combine(folder.Path, "sample");
        Copy(Path.Combine(OpsBotProgram.Repository(), "deploy", "samples", "checkout-deploy"), sample);
        RemoveGuiltyDeploy(sample).ShouldBe(2, "its creation and its end");

        var played = await OpsBotProgram.RunAsync(folder, Cancel, "demo", "--once", "--sample", sample);

        played.ExitCode.ShouldBe(0, played.ToString());
        output.WriteLine(played.Output);
        played.Output.ShouldNotContain("880437");
        PrintedCard.LikelyCause(played.Output).ShouldContain("checkout");
        // no deploy is blamed, so there is none to roll back
        played.Output.ShouldContain("No action is proposed");
        played.Output.ShouldNotContain("PROPOSAL");
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
