using System.Globalization;
using System.Text;
using OpsBot.IntegrationTests.Support;

namespace OpsBot.IntegrationTests.Chat;

/// <summary>A recorded environment whose one service went wrong five minutes ago, so that a diagnosis has a cause to name and a chart to show.</summary>
internal static class KilledEnvironment
{
    public const string Service = "shop";

    /// <summary>What the card names in the end.</summary>
    public const string Cause = "Deploy v2.1.0";

    /// <summary>Writes it to <c>bundle</c> of the folder.</summary>
    public static async Task WriteAsync(DataFolder folder, CancellationToken cancellationToken)
    {
        var now = TimeProvider.System.GetUtcNow();
        var (from, broken) = (now - TimeSpan.FromMinutes(50), now - TimeSpan.FromMinutes(5));
        var root = Directory.CreateDirectory(Path.Combine(folder.Path, "bundle", "metrics")).Parent!.FullName;
        await File.WriteAllTextAsync(
            Path.Combine(root, "incident.json"),
            $$"""{"id":"rounds","title":"shop fails","startedAt":"{{broken:o}}","window":{"from":"{{from:o}}","to":"{{now:o}}"},"source":"test","service":"{{Service}}"}""",
            cancellationToken);
        await File.WriteAllTextAsync(
            Path.Combine(root, "changes.json"),
            $$"""[{"time":"{{broken - TimeSpan.FromSeconds(40):o}}","id":"deployment/1","kind":"deploy","service":"{{Service}}","version":"v2.1.0","summary":"Another way to ask for stock"}]""",
            cancellationToken);
        var rows = new StringBuilder("time,requests_per_second,error_ratio,latency_p99_ms\n");
        var random = new Random(1);
        for (var at = from; at <= now + TimeSpan.FromHours(1); at += TimeSpan.FromSeconds(15))
        {
            var bad = at >= broken;
            rows.Append(CultureInfo.InvariantCulture, $"{at:o},{20 + random.NextDouble():0.00},{(bad ? 0.31 : 0.003) + (random.NextDouble() / 500):0.00000},{(bad ? 900 : 230) + (10 * random.NextDouble()):0.0}\n");
        }

        await File.WriteAllTextAsync(Path.Combine(root, "metrics", $"{Service}.csv"), rows.ToString(), cancellationToken);
    }
}
