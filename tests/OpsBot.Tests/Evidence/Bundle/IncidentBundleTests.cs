using OpsBot.Evidence;
using OpsBot.Evidence.Bundle;
using OpsBot.Signals.Series;
using OpsBot.Tests.Support;

namespace OpsBot.Tests.Evidence.Bundle;

public class IncidentBundleTests
{
    [Fact]
    public void A_folder_that_is_not_there_is_named() =>
        Should.Throw<UnreadableBundleException>(() => IncidentBundle.Open("/no/such/folder")).Message.ShouldContain("/no/such/folder");

    [Theory]
    [InlineData("{", "not JSON")]
    [InlineData("[]", "Array")]
    [InlineData("""{"id":"x","title":"t","startedAt":"yesterday"}""", "yesterday")]
    [InlineData("""{"id":"x","startedAt":"2026-03-01T10:00:00Z","window":{"from":"soon"}}""", "soon")]
    [InlineData("""{"id":"x","startedAt":"2026-03-01T10:00:00Z","window":{"from":"2026-03-01T11:00:00Z","to":"2026-03-01T10:00:00Z"}}""", "2026-03-01T10:00:00Z")]
    public void An_unusable_incident_says_what_was_found(string incident, string found)
    {
        using var bundle = new SomeBundle(incident);
        Should.Throw<UnreadableBundleException>(() => IncidentBundle.Open(bundle.Path)).Message.ShouldContain(found);
    }

    [Fact]
    public void A_folder_without_an_incident_says_so()
    {
        using var bundle = new SomeBundle(incident: null);
        Should.Throw<UnreadableBundleException>(() => IncidentBundle.Open(bundle.Path)).Message.ShouldContain("incident.json");
    }

    [Fact]
    public async Task Half_a_character_in_a_bundle_costs_nothing_but_itself()
    {
        using var bundle = new SomeBundle(SomeBundle.Incident.Replace("shop is slow", "shop \\ud83d is slow", StringComparison.Ordinal))
            .With("topology.json", """{"calls":[["a\udc00","b"]],"runsOn":[]}""")
            .With("commands.jsonl", """{"command":"ls \ud83d","stdout":"x\ud83d"}""");
        IncidentBundle.Open(bundle.Path).Incident.Title.ShouldBe("shop \uFFFD is slow");
        var seen = await CollectAsync(bundle);
        seen.Problems.ShouldBeEmpty();
        seen.Calls.ShouldBe([("a\uFFFD", "b")]);
        seen.Commands.ShouldHaveSingleItem().Output.ShouldBe("x\uFFFD");
    }

    [Theory]
    [InlineData("0001-01-01T00:00:00Z")]
    [InlineData("9999-12-31T23:59:59Z")]
    public void A_time_that_cannot_be_reckoned_with_is_none(string time)
    {
        using var bundle = new SomeBundle($$"""{"id":"b","title":"t","startedAt":"{{time}}","source":"test"}""");
        Should.Throw<UnreadableBundleException>(() => IncidentBundle.Open(bundle.Path)).Message.ShouldContain(time);
    }

    [Fact]
    public async Task A_topology_that_is_no_object_is_a_problem()
    {
        using var bundle = new SomeBundle().With("topology.json", "[]");
        (await CollectAsync(bundle)).Problems.ShouldHaveSingleItem().Reason.ShouldContain("topology.json holds Array");
    }

    [Fact]
    public async Task A_pipe_among_the_logs_is_a_problem_and_holds_nobody_up()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "pipes with names are made by mkfifo");
        using var bundle = new SomeBundle().With("logs/a.jsonl", """{"time":"2026-03-01T10:30:00Z","message":"up"}""");
        using (var made = System.Diagnostics.Process.Start("mkfifo", Path.Combine(bundle.Path, "logs", "b.jsonl")))
        {
            await made.WaitForExitAsync(TestContext.Current.CancellationToken);
        }

        var seen = await CollectAsync(bundle).WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
        seen.Problems.ShouldHaveSingleItem().Reason.ShouldContain("b.jsonl");
        seen.Logs.ShouldHaveSingleItem().Lines.ShouldBe(1);
    }

    [Fact]
    public async Task Absent_is_not_collected_and_empty_is_nothing_there()
    {
        using var bundle = new SomeBundle().With("changes.json", "[]").With("traces.csv", "").With("commands.jsonl", "");
        var seen = await CollectAsync(bundle);
        seen.Problems.ShouldBeEmpty();
        seen.NotCollected.ShouldContain("metrics: not collected");
        seen.LookedAt.ShouldContain("0 changes");
        seen.LookedAt.ShouldContain("0 spans");
    }

    [Fact]
    public async Task Compressed_files_are_read_and_named_by_the_index_without_their_ending()
    {
        using var bundle = new SomeBundle()
            .With("metrics/a.csv.gz", "time,cpu\n2026-03-01T10:00:00Z,1.5\n2026-03-01T10:01:00Z,\n")
            .With("metrics/index.json", """{"a.csv":{"service":"cart","instance":"cart-1","kind":"pod","version":"v2"}}""")
            .With("logs/app.jsonl.gz", """{"time":"2026-03-01T10:00:00Z","service":"cart","level":"warn","message":"slow"}""" + "\n")
            .With("traces.csv.gz", "time,traceId,spanId,parentId,service,instance,operation,durationMs,status\n2026-03-01T10:00:00Z,t,s,,cart,,GET,5,OK\n");
        var seen = await CollectAsync(bundle);
        seen.Problems.ShouldBeEmpty();
        var series = seen.Metrics.ShouldHaveSingleItem();
        (series.Service, series.Instance, series.Owner, series.Version, series.Metric).ShouldBe(("cart", "cart-1", MetricOwner.Pod, "v2", "cpu"));
        series.Values.ShouldBe([1.5, double.NaN]);
        seen.Logs.ShouldHaveSingleItem().Lines.ShouldBe(1);
        seen.Spans.ShouldHaveSingleItem().ParentId.ShouldBeNull();
    }

    [Fact]
    public async Task Bad_rows_are_counted_and_the_others_survive()
    {
        using var bundle = new SomeBundle()
            .With("metrics/cart.csv", "time,cpu\nnever,1\n2026-03-01T10:01:00Z,2\n2026-03-01T10:00:00Z,1\n")
            .With("metrics/index.json", """{"cart.csv":{"service":"cart","kind":"service"}}""")
            .With("changes.json", """[{"id":"c1","time":"2026-03-01T10:00:00Z","kind":"deploy"},{"id":"c2"},7]""")
            .With("commands.jsonl", "{\"command\":\"uptime\",\"stdout\":\"up\",\"exit\":0}\nnonsense\n")
            .With("patterns.json", """[{"signature":"boom","service":"cart","count":3,"deltaVsBaseline":"+3"},{"count":1}]""");
        var seen = await CollectAsync(bundle);
        seen.Metrics.ShouldHaveSingleItem().Values.ShouldBe([1, 2]);
        seen.Changes.ShouldHaveSingleItem().Id.ShouldBe("c1");
        seen.Commands.ShouldHaveSingleItem().Exit.ShouldBe(0);
        seen.Patterns.ShouldHaveSingleItem().DeltaVsBaseline.ShouldBe(3);
        seen.Problems.Count.ShouldBe(4);
        seen.Problems.ShouldAllBe(problem => problem.Partial);
    }

    [Fact]
    public async Task A_broken_file_costs_only_what_it_holds()
    {
        using var bundle = new SomeBundle()
            .With("topology.json", "{")
            .WithBytes("traces.csv.gz", [1, 2, 3])
            .With("metrics/cart.csv", "when,cpu\n1,2\n")
            .With("changes.json", """[{"id":"c1","time":"2026-03-01T10:00:00Z"}]""");
        var seen = await CollectAsync(bundle);
        seen.Changes.Count.ShouldBe(1);
        seen.Problems.Select(problem => problem.Source).Distinct(StringComparer.Ordinal).ShouldBe(["bundle metrics", "bundle topology", "bundle traces"], ignoreOrder: true);
    }

    [Fact]
    public async Task The_label_of_a_test_case_and_links_are_never_opened()
    {
        using var elsewhere = new SomeBundle().With("secret.json", """[{"id":"x","time":"2026-03-01T10:00:00Z"}]""");
        using var bundle = new SomeBundle();
        File.CreateSymbolicLink(Path.Combine(bundle.Path, "changes.json"), Path.Combine(elsewhere.Path, "secret.json"));
        using var held = new FileStream(Path.Combine(bundle.Path, "truth.json"), FileMode.Create, FileAccess.ReadWrite, FileShare.None);
        var seen = await CollectAsync(bundle);
        seen.Changes.ShouldBeEmpty();
        seen.Problems.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_file_beyond_the_bound_is_read_in_part_and_said_to_be()
    {
        using var bundle = new SomeBundle().With("logs/a.jsonl", string.Concat(Enumerable.Repeat("{\"message\":\"x\",\"service\":\"cart\"}\n", 1000)));
        var opened = IncidentBundle.Open(bundle.Path);
        var bounds = EvidenceBounds.Default with { MaxBytes = 1000 };
        var seen = await CollectAsync(opened, bounds);
        seen.Logs.ShouldHaveSingleItem().Lines.ShouldBeInRange(20, 40);
        seen.Problems.ShouldContain(problem => problem.Reason.Contains("1000 bytes", StringComparison.Ordinal));
    }

    private static Task<Observations> CollectAsync(SomeBundle bundle) => CollectAsync(IncidentBundle.Open(bundle.Path), EvidenceBounds.Default);

    private static async Task<Observations> CollectAsync(IncidentBundle bundle, EvidenceBounds bounds)
    {
        var seen = Observations.None;
        foreach (var source in bundle.Sources)
        {
            seen = seen.With(await source.CollectAsync(new EvidenceRequest(bundle.Incident, bundle.Window, bundle.Baseline, bounds), default));
        }

        return seen;
    }
}
