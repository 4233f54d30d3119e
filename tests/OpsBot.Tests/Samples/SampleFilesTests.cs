using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using OpsBot.Tests.Support;

namespace OpsBot.Tests.Samples;

/// <summary>The story that the demo tells must be in its files.</summary>
public class SampleFilesTests
{
    private static readonly string Samples = Path.Combine(Some.RepositoryRoot(), "deploy", "samples");

    [Fact]
    public void The_samples_stay_small() =>
        Directory.EnumerateFiles(Samples, "*", SearchOption.AllDirectories).Sum(f => new FileInfo(f).Length).ShouldBeLessThan(1_500_000);

    [Fact]
    public void The_generator_writes_what_is_committed()
    {
        using var folder = new TemporaryFolder();
        using var python = TryStart("python3", Path.Combine(Samples, "generate.py"), "--out", folder.Path);
        Assert.SkipWhen(python is null, "python3 is not on this machine");
        python!.WaitForExit(TimeSpan.FromMinutes(1)).ShouldBeTrue();
        python.ExitCode.ShouldBe(0);

        foreach (var sample in (string[])["checkout-deploy", "quiet"])
        {
            var files = Directory.GetFiles(Path.Combine(Samples, sample), "*", SearchOption.AllDirectories);
            files.Length.ShouldBe(Directory.GetFiles(Path.Combine(folder.Path, sample), "*", SearchOption.AllDirectories).Length);
            foreach (var file in files)
            {
                File.ReadAllBytes(Path.Combine(folder.Path, Path.GetRelativePath(Samples, file))).ShouldBe(File.ReadAllBytes(file), file);
            }
        }
    }

    [Theory]
    [InlineData("checkout-deploy", "checkout", 0.003, 0.31)]
    [InlineData("checkout-deploy", "payment", 0.0012, 0.0012)]
    [InlineData("checkout-deploy", "catalog", 0.0004, 0.0004)]
    [InlineData("quiet", "checkout", 0.003, 0.003)]
    public void Errors_rise_where_the_story_says_and_nowhere_else(string sample, string service, double before, double after)
    {
        var errors = Column(sample, $"{service}.csv", "error_ratio");

        errors.Take(80).Average().ShouldBe(before, before * 0.25);
        errors.TakeLast(40).Average().ShouldBe(after, after * 0.25);
    }

    [Theory]
    [InlineData("frontend", 3)]
    [InlineData("cart", 3)]
    public void Callers_wait(string service, double times)
    {
        var latency = Column("checkout-deploy", $"{service}.csv", "latency_p99_ms");

        (latency.TakeLast(40).Average() / latency.Take(80).Average()).ShouldBeGreaterThan(times);
    }

    [Fact]
    public void Payment_gets_fewer_requests_and_is_as_fast_as_before()
    {
        var requests = Column("checkout-deploy", "payment.csv", "requests_per_second");
        var latency = Column("checkout-deploy", "payment.csv", "latency_p99_ms");

        (requests.TakeLast(40).Average() / requests.Take(80).Average()).ShouldBeLessThan(0.85);
        (latency.TakeLast(40).Average() / latency.Take(80).Average()).ShouldBe(1, 0.06);
    }

    [Fact]
    public void The_new_template_of_checkout_appears_with_the_deploy_and_not_before()
    {
        var deployed = Changes().Single(c => c.GetProperty("id").GetString() == "deployment/880437").GetProperty("time").GetDateTimeOffset();
        var failures = File.ReadLines(Path.Combine(Samples, "checkout-deploy/bundle/logs/checkout.jsonl"))
            .Select(l => JsonDocument.Parse(l).RootElement)
            .Where(l => l.GetProperty("message").GetString()!.Contains("NullReferenceException", StringComparison.Ordinal)).ToList();

        failures.Count.ShouldBeGreaterThan(15);
        failures.ShouldAllBe(l => l.GetProperty("time").GetDateTimeOffset() > deployed);
        File.ReadAllText(Path.Combine(Samples, "quiet/bundle/logs/checkout.jsonl")).ShouldNotContain("NullReference");
    }

    [Fact]
    public void Some_forty_alerts_of_five_senders_storm_in()
    {
        var folder = Path.Combine(Samples, "checkout-deploy/webhooks");
        var alerts = Directory.GetFiles(folder, "delivery-*.json").Select(f => JsonDocument.Parse(File.ReadAllText(f)).RootElement)
            .SelectMany(b => b.TryGetProperty("alerts", out var a) ? a.EnumerateArray().Select(x => x.GetProperty("fingerprint").GetString()!) : [])
            .ToList();

        alerts.Distinct().Count().ShouldBeInRange(34, 45);
        alerts.Count.ShouldBeGreaterThan(alerts.Distinct().Count(), "one group is notified again");
    }

    [Fact]
    public void The_truth_names_a_change_that_is_there()
    {
        var truth = JsonDocument.Parse(File.ReadAllText(Path.Combine(Samples, "checkout-deploy/truth.json"))).RootElement;
        var ids = Changes().Select(c => c.GetProperty("id").GetString()).ToList();

        ids.ShouldContain(truth.GetProperty("causes")[0].GetProperty("change").GetString());
        truth.GetProperty("decoys").EnumerateArray().ShouldAllBe(d => ids.Contains(d.GetString()));
    }

    private static List<JsonElement> Changes() =>
        [.. JsonDocument.Parse(File.ReadAllText(Path.Combine(Samples, "checkout-deploy/bundle/changes.json"))).RootElement.EnumerateArray()];

    private static List<double> Column(string sample, string file, string column)
    {
        var rows = File.ReadAllLines(Path.Combine(Samples, sample, "bundle/metrics", file)).Select(l => l.Split(',')).ToList();
        var at = Array.IndexOf(rows[0], column);
        return [.. rows.Skip(1).Select(r => double.Parse(r[at], CultureInfo.InvariantCulture))];
    }

    private static Process? TryStart(string program, params string[] arguments)
    {
        try
        {
            var start = new ProcessStartInfo(program, arguments);
            // or the interpreter would leave its cache beside the script
            start.Environment["PYTHONDONTWRITEBYTECODE"] = "1";
            return Process.Start(start);
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null;
        }
    }
}
