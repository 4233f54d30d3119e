using OpsBot.Contracts.Diagnoses;
using OpsBot.Signals.RootCause;

namespace OpsBot.Tests.Signals.RootCause;

public class BlameRankerTests
{
    private static readonly ServiceGraph Chain = new([("web", "shop"), ("shop", "cart")], [("cart", "n1"), ("shop", "n2")]);

    [Fact]
    public void Of_a_chain_of_equal_symptoms_the_deepest_is_blamed() =>
        BlameRanker.Rank([Symptom("web"), Symptom("shop"), Symptom("cart")], Chain)[0].Service.ShouldBe("cart");

    [Fact]
    public void A_callee_that_went_bad_later_explains_nothing() =>
        BlameRanker.Rank([Symptom("shop", 2.1), Symptom("cart", 2, onset: 600_000)], Chain)[0].Service.ShouldBe("shop");

    [Fact]
    public void A_callee_that_moved_less_than_its_caller_explains_only_so_much()
    {
        BlameRanker.Rank([Symptom("shop", 2.5, delta: 900), Symptom("cart", 2, delta: 30)], Chain)[0].Service.ShouldBe("shop");
        BlameRanker.Rank([Symptom("shop", 2.5, delta: 900), Symptom("cart", 2, delta: 890)], Chain)[0].Service.ShouldBe("cart");
    }

    [Fact]
    public void A_sick_machine_counts_against_what_runs_on_it()
    {
        var node = new Anomaly(null, null, "n1", CauseKind.Cpu, AnomalyRole.Node, "cpu", 3, 0);
        BlameRanker.Rank([node], Chain).ShouldHaveSingleItem().Service.ShouldBe("cart");
    }

    [Fact]
    public void Circles_end()
    {
        var circle = new ServiceGraph([("a", "b"), ("b", "a"), ("a", "a")], []);
        BlameRanker.Rank([Symptom("a"), Symptom("b")], circle).Count.ShouldBe(2);
        circle.Distance("a", "b").ShouldBe(1);
        circle.Below("a").ShouldBe(["b"]);
    }

    [Fact]
    public void The_order_of_anomalies_does_not_matter()
    {
        Anomaly[] anomalies = [Symptom("web"), Symptom("shop", 1), Symptom("cart", 3), Symptom("cart", 3) with { Metric = "other" }];
        var forth = BlameRanker.Rank(anomalies, Chain);
        var back = BlameRanker.Rank(anomalies.Reverse(), Chain);
        back.Select(suspect => (suspect.Service, suspect.Score, suspect.Lead)).ShouldBe(forth.Select(suspect => (suspect.Service, suspect.Score, suspect.Lead)));
    }

    private static Anomaly Symptom(string service, double score = 2, long onset = 0, double? delta = null) =>
        new(service, null, null, CauseKind.Latency, AnomalyRole.Symptom, "latency", score, onset, delta);
}
