using System.Diagnostics.Metrics;
using OpsBot.Contracts.Telemetry;
using OpsBot.Host.Telemetry;

namespace OpsBot.Tests.Host.Telemetry;

public sealed class MetricListenerTests
{
    private static readonly Counter<long> Counter = Instruments.Counter("opsbot_test_things_total", "Things\nwith a \\ in their help.");
    private static readonly Histogram<double> Histogram = Instruments.Duration("opsbot_test_seconds", "Time.");

    [Fact]
    public void Buckets_are_cumulative_and_end_with_all_of_them()
    {
        using var listener = new MetricListener();
        foreach (var seconds in new[] { 0.001, 0.005, 0.2, 400 })
        {
            Histogram.Record(seconds, Instruments.Label("kind", "buckets"));
        }

        var page = Page(listener, Histogram.Name);

        page.ShouldContain("# TYPE opsbot_test_seconds histogram\n");
        page.ShouldContain("opsbot_test_seconds_bucket{kind=\"buckets\",le=\"0.005\"} 2\n", customMessage: "a bound belongs to its bucket");
        page.ShouldContain("opsbot_test_seconds_bucket{kind=\"buckets\",le=\"0.25\"} 3\n");
        page.ShouldContain("opsbot_test_seconds_bucket{kind=\"buckets\",le=\"300\"} 3\n");
        page.ShouldContain("opsbot_test_seconds_bucket{kind=\"buckets\",le=\"+Inf\"} 4\n");
        page.ShouldContain("opsbot_test_seconds_count{kind=\"buckets\"} 4\n");
        page.ShouldContain("opsbot_test_seconds_sum{kind=\"buckets\"} 400.206\n");
    }

    [Fact]
    public void Label_values_and_help_are_escaped_so_that_they_cannot_make_lines()
    {
        using var listener = new MetricListener();
        Counter.Add(2, Instruments.Label("kind", "a\"b\\c\nd"));

        var page = Page(listener, Counter.Name);

        page.ShouldContain("# HELP opsbot_test_things_total Things\\nwith a \\\\ in their help.\n");
        page.ShouldContain("opsbot_test_things_total{kind=\"a\\\"b\\\\c\\nd\"} 2\n");
    }

    [Fact]
    public void Labels_that_know_no_end_are_put_together_at_the_bound()
    {
        using var listener = new MetricListener();
        for (var i = 0; i < InstrumentSeries.MostSeries + 100; i++)
        {
            Counter.Add(1, Instruments.Label("kind", $"{i}"));
        }

        var lines = Page(listener, Counter.Name).Split('\n').Where(line => line.StartsWith(Counter.Name, StringComparison.Ordinal)).ToList();

        lines.Count.ShouldBe(InstrumentSeries.MostSeries + 1);
        lines.ShouldContain("opsbot_test_things_total{kind=\"other\"} 100");
    }

    [Fact]
    public void Recording_into_a_known_series_takes_no_memory()
    {
        using var listener = new MetricListener();
        Record();
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++)
        {
            Record();
        }

        // a single byte a call would be more
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(1000);

        static void Record() => Histogram.Record(0.1, Instruments.Label("kind", "hot"), Instruments.Label("outcome", "handled"));
    }

    private static string Page(MetricListener listener, string name) =>
        new Exposition().Instrument(listener.All.Single(instrument => instrument.Name == name)).ToString();
}
