using OpsBot.Contracts.Events;
using OpsBot.Diagnosis.Triage;
using OpsBot.Tests.Support;

namespace OpsBot.Tests.Diagnosis;

public class ChangeTests
{
    [Fact]
    public void A_deploy_and_the_commit_it_carried_are_one_candidate()
    {
        var commit = Some.Change("abc", service: null, minute: 10, kind: ChangeKind.Commit, diff: "-x", commit: "abc");
        var deploy = Some.Change("deploy-1", minute: 40, commit: "abc");
        var candidate = ChangeCandidate.Of([commit, deploy]).ShouldHaveSingleItem();
        (candidate.Record.Id, candidate.Diff, candidate.Delivered, candidate.At).ShouldBe(("deploy-1", "-x", true, deploy.Time));
    }

    [Fact]
    public void A_commit_that_no_deploy_carried_has_not_reached_anybody()
    {
        var candidates = ChangeCandidate.Of([Some.Change("abc", kind: ChangeKind.Commit, commit: "abc"), Some.Change("deploy-1", commit: "def")]);
        candidates.Single(candidate => candidate.Record.Id == "abc").Delivered.ShouldBeFalse();
    }

    [Fact]
    public void Taking_a_guard_away_weighs_more_than_moving_it()
    {
        var removed = DiffSubstance.Of(["a.go"], "-\tif retries < limit { backoff(delay) }\n+\treturn");
        var moved = DiffSubstance.Of(["a.go"], "-\tif retries < limit { backoff(delay) }\n+\tif retries < limit {\n+\tbackoff(delay) }");
        removed.ShouldBeGreaterThan(moved);
    }

    [Theory]
    [InlineData("docs/guide.md")]
    [InlineData("pkg/cart/cart_test.go")]
    [InlineData("web/src/Page.css")]
    [InlineData(".github/workflows/build.yml")]
    public void Documentation_tests_and_styles_break_nothing(string file) => DiffSubstance.Of([file], "-a\n+b").ShouldBeLessThan(0.1);

    [Fact]
    public void A_diff_that_only_writes_logs_has_little_substance() =>
        DiffSubstance.Of(["a.go"], "-\tlog.Printf(\"got %d\", n)\n+\tlogger.Info(\"got\", \"n\", n)").ShouldBe(0.2);

    [Fact]
    public void A_new_instance_that_is_worse_than_those_that_stayed_is_seen()
    {
        var change = Some.Change(minute: 45, fresh: ["cart-new"]);
        var gap = CanaryContrast.Find(change, [Some.Series("latency_ms", before: 20, during: 20, instance: "cart-old"), Fresh(200)])[0];
        (gap.Old, gap.New).ShouldBe((20, 200));
        CanaryContrast.Find(change, [Some.Series("latency_ms", before: 20, during: 20, instance: "cart-old"), Fresh(20)]).ShouldAllBe(found => found.Score < 0.4);
    }

    [Fact]
    public void A_new_instance_that_never_reports_is_seen()
    {
        var change = Some.Change(minute: 45, fresh: ["cart-new"]);
        CanaryContrast.Find(change, [Some.Series("latency_ms", instance: "cart-old")]).ShouldHaveSingleItem().Statement.ShouldContain("cart-new");
    }

    private static OpsBot.Signals.Series.MetricSeries Fresh(double level)
    {
        var series = Some.Series("latency_ms", before: level, during: level, instance: "cart-new", ripple: 0);
        return series with { Times = series.Times[46..], Values = series.Values[46..] };
    }
}
