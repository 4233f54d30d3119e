using FsCheck;
using FsCheck.Fluent;
using OpsBot.Knowledge;
using OpsBot.Knowledge.Runbooks;
using OpsBot.Tests.Support;

namespace OpsBot.Tests.Knowledge;

public class RunbookFinderTests
{
    private static readonly RunbookIndex Index = new(
        [
            Some.Runbook("disk.md", "# Disk full\n\nThe filesystem runs out of space.\n\n## Steps\n\n- Run df.\n", ["*DiskFull*", "disk space"]),
            Some.Runbook("errors.md", "# Error rate\n\nRequests fail with 5xx.\n\n## Steps\n\n- Look at the rollout.\n", ["*ErrorRate*"]),
            Some.Runbook("errors-cart.md", "# Errors of cart\n\nCart fails.\n\n## Steps\n\n- Ask the cart team.\n", ["*ErrorRate*"], ["cart"]),
            Some.Runbook("memory.md", "# Out of memory\n\nA container is killed over its memory limit.\n\n## Steps\n\n- Read the limit.\n"),
            Some.Runbook("certificate.md", "# Certificate\n\nA certificate expires.\n\n## Steps\n\n- Look at the dates.\n"),
        ],
        floor: 0.28);

    [Fact]
    public void A_pattern_on_the_name_comes_before_any_likeness()
    {
        var best = Index.Find(Some.RunbookQuery("NodeDiskFullSoon", "certificate expires"), 5);

        best[0].Path.ShouldBe("disk.md");
        best[0].Why.ShouldContain("*DiskFull*");
        best[0].FirstStep.ShouldBe("Run df.");
        best[1].Path.ShouldBe("certificate.md");
        best[1].Score.ShouldBeLessThan(best[0].Score);
    }

    [Theory]
    [InlineData("cart", "errors-cart.md")]
    [InlineData("payment", "errors.md")]
    [InlineData(null, "errors.md")]
    public void A_runbook_for_named_services_fits_those_first_and_others_never(string? service, string expected)
    {
        var found = Index.Find(Some.RunbookQuery("HighErrorRate", service: service), 1);

        found.ShouldHaveSingleItem().Path.ShouldBe(expected);
    }

    [Fact]
    public void A_pattern_of_words_asks_for_all_of_them()
    {
        Index.Find(Some.RunbookQuery("X", "the disks have no space"), 1)[0].Score.ShouldBe(1);
        Index.Find(Some.RunbookQuery("X", "outer space probe lost"), 1).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("PodOomKilled", "memory.md")]
    [InlineData("X509Expired", "certificate.md")]
    public void Synonyms_and_word_forms_find_what_the_alert_does_not_say(string name, string expected) =>
        Index.Find(Some.RunbookQuery(name, description: "cert expiry, or killed over mem"), 1).ShouldHaveSingleItem().Path.ShouldBe(expected);

    [Theory]
    [InlineData("UpsOnBattery", "UPS runs on battery")]
    [InlineData("", "")]
    [InlineData(null, null)]
    [InlineData("{{ $labels.alertname }}", "{{ $value }}")]
    public void Nothing_is_offered_below_the_floor(string? name, string? summary) => Index.Find(Some.RunbookQuery(name, summary), 5).ShouldBeEmpty();

    [Fact]
    public void An_empty_library_finds_nothing() => new RunbookIndex([], 0.28).Find(Some.RunbookQuery("HighErrorRate"), 3).ShouldBeEmpty();

    [Fact]
    public void Metric_names_are_taken_from_an_expression_and_nothing_else() =>
        QueryTerms.MetricNames("# per pod\nsum by (pod, reason) (rate(kube_pod_oom_total{job=\"kubelet\"}[5m])) / on (pod) group_left(node) node_info > 0.1")
            .ShouldBe("kube_pod_oom_total . node_info");

    [Fact]
    public void Whatever_an_alert_says_matches_are_ordered_bounded_and_unique() =>
        Prop.ForAll<string, string, string>((name, summary, expression) =>
        {
            var found = Index.Find(Some.RunbookQuery(name, summary + " disk error memory", summary, expression), 3);
            return found.Count <= 3
                && found.All(m => m.Score is >= 0 and <= 1)
                && found.Zip(found.Skip(1)).All(p => p.First.Score >= p.Second.Score)
                && found.Select(m => m.Path).Distinct(StringComparer.Ordinal).Count() == found.Count;
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_hostile_expression_of_a_megabyte_ends_at_once()
    {
        var query = Some.RunbookQuery(new string('A', 1_000_000), new string('{', 500_000), new string('(', 500_000), string.Concat(Enumerable.Repeat("by (", 200_000)));

        Should.NotThrow(() => Index.Find(query, 3));
    }

    [Fact]
    public async Task A_file_of_queries_is_answered_line_by_line()
    {
        var lines = new StringReader("{\"id\":\"q1\",\"alert\":{\"name\":\"DiskFull\",\"labels\":{\"n\":1}}}\n\n{\"id\":\"q2\",\"alert\":{\"summary\":\"UPS\"}}\n");

        var answers = await RunbookQueryFile.AnswerAsync(new Finder(), lines, TestContext.Current.CancellationToken).ToListAsync(TestContext.Current.CancellationToken);

        answers.ShouldBe(["{\"id\":\"q1\",\"ranking\":[\"disk.md\"]}", "{\"id\":\"q2\",\"ranking\":[]}"]);
    }

    [Theory]
    [InlineData("{\"id\":\"q1\"}", "line 1: 'id' or 'alert' is missing")]
    [InlineData("nonsense", "line 1: not a query")]
    public async Task A_bad_line_is_named(string line, string reason)
    {
        var wrong = await Should.ThrowAsync<FormatException>(
            async () => await RunbookQueryFile.AnswerAsync(new Finder(), new StringReader(line), default).ToListAsync());

        wrong.Message.ShouldContain(reason);
    }

    private sealed class Finder : IRunbookFinder
    {
        public IReadOnlyList<OpsBot.Contracts.Diagnoses.RunbookMatch> Find(RunbookQuery query, int limit) => Index.Find(query, limit);
    }
}
