using FsCheck;
using FsCheck.Fluent;
using OpsBot.Contracts.Events;
using OpsBot.Contracts.Incidents;
using OpsBot.Incidents.Correlation;
using OpsBot.Tests.Support;

namespace OpsBot.Tests.Incidents.Correlation;

public class SimilarityScoreTests
{
    private static readonly (string Name, string Value)[] Everywhere =
        [("cluster", "eu-1"), ("severity", "critical"), ("receiver", "ops"), ("prometheus", "k8s"), ("team", "platform"), ("env", "prod")];

    [Fact]
    public void Alerts_of_different_services_never_join_for_being_close_in_time_and_worded_alike() =>
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(200), Prop.ForAll(
            Arb.From(Gen.Choose(-3600, 3600)), Arb.From(Gen.Elements("HighErrorRate", "Latency p99 over 2 s", "")), (seconds, title) =>
                Score(Some.Alert(seconds, service: "search", title: title, labels: Everywhere), Incident("payments", title, Everywhere))
                    .ShouldBeLessThan(0.36)));

    [Fact]
    public void Nor_for_being_the_same_alert_in_one_namespace()
    {
        (string, string)[] same = [.. Everywhere, ("alertname", "HighErrorRate"), ("namespace", "shop"), ("colour", "blue"), ("floor", "third")];
        Score(Some.Alert(0, service: "search", labels: same), Incident("payments", "HighErrorRate", same)).ShouldBeLessThan(0.5);
    }

    [Fact]
    public void The_same_alert_of_strangers_joins_where_the_sender_grouped_it_at_that_time()
    {
        (string, string)[] same = [("alertname", "InstanceDown"), ("cluster", "one")];
        var incident = Incident("svc-00", "InstanceDown", same) with
        {
            RecentAlerts = [new AlertSketch("InstanceDown", "svc-00", same.ToDictionary(pair => pair.Item1, pair => pair.Item2), null, ("alertmanager", "{}:{alertname=\"InstanceDown\"}"))],
        };
        var alert = Some.Alert(1, service: "svc-01", title: "InstanceDown", labels: same);
        Score(alert, incident).ShouldBeLessThan(0.5);
        Score(alert with { GroupKey = "{}:{alertname=\"InstanceDown\"}" }, incident).ShouldBeGreaterThan(0.5);
        Score(alert with { GroupKey = "{}:{alertname=\"Other\"}" }, incident).ShouldBeLessThan(0.5);
        Score(alert with { GroupKey = "{}:{alertname=\"InstanceDown\"}", Title = "Something else", Labels = new Dictionary<string, string>() }, incident).ShouldBeLessThan(0.5);
    }

    [Fact]
    public void Nor_do_those_that_name_no_service_at_all() =>
        Score(Some.Alert(0, service: null, labels: Everywhere), Incident(null, "HighErrorRate", Everywhere)).ShouldBeLessThan(0.36);

    [Fact]
    public void Sharing_more_labels_never_lowers_the_score() =>
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(300), Prop.ForAll(
            Arb.From(Gen.SubListOf(Shareable)), Arb.From(Gen.SubListOf(Shareable)), Arb.From(Gen.Elements("payments", "web", "stranger")), (some, more, service) =>
            {
                var fewer = Labels(some);
                var all = Labels(some.Concat(more).Distinct());
                Score(Some.Alert(60, service: service, labels: all), Incident("payments", "x", all))
                    .ShouldBeGreaterThanOrEqualTo(Score(Some.Alert(60, service: service, labels: fewer), Incident("payments", "x", fewer)));
            }));

    [Fact]
    public void Nearer_in_time_never_lowers_the_score() =>
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(300), Prop.ForAll(
            Arb.From(Gen.Choose(0, 5000)), Arb.From(Gen.Choose(0, 5000)), (a, b) =>
                Score(Some.Alert(Math.Min(a, b)), Incident("payments", "x")).ShouldBeGreaterThanOrEqualTo(
                    Score(Some.Alert(Math.Max(a, b)), Incident("payments", "x")))));

    [Fact]
    public void The_same_service_counts_more_than_a_neighbour_and_a_neighbour_more_than_a_stranger()
    {
        double Of(string service) => Score(Some.Alert(60, service: service), Incident("payments", "x"));
        Of("payments").ShouldBeGreaterThan(Of("web"));
        Of("web").ShouldBeGreaterThan(Of("payments-api"));
        Of("payments-api").ShouldBeGreaterThan(Of("search"));
    }

    [Theory]
    [InlineData("Payments API", "payments-api", 0.5)]
    [InlineData("payments", "payments-api", 0.4)]
    public void Services_are_recognised_under_the_names_that_senders_give_them(string one, string other, double atLeast) =>
        Score(Some.Alert(0, service: one), Incident(other, "x")).ShouldBeGreaterThan(atLeast);

    [Fact]
    public void A_service_that_only_the_labels_name_is_found() =>
        Score(Some.Alert(0, service: null, labels: ("app", "payments")), Incident("payments", "x")).ShouldBeGreaterThan(0.5);

    [Theory]
    [InlineData("payments-7d9f8b6c5-x2x9z")]
    [InlineData("payments-0")]
    [InlineData("payments-x2x9z")]
    public void A_service_that_only_the_pods_name_tells_is_found(string pod) =>
        Score(Some.Alert(0, service: null, labels: ("pod", pod)), Incident("payments", "x")).ShouldBeGreaterThan(0.5);

    [Fact]
    public void The_same_alert_of_many_instances_that_name_no_service_joins() =>
        Score(
            Some.Alert(60, service: null, title: "InstanceDown", labels: [.. Everywhere, ("alertname", "InstanceDown"), ("instance", "10.0.0.2:9100")]),
            Incident(null, "InstanceDown", [.. Everywhere, ("alertname", "InstanceDown"), ("instance", "10.0.0.1:9100")])).ShouldBeGreaterThanOrEqualTo(0.5);

    [Fact]
    public void Services_on_one_broken_node_join() =>
        Score(Some.Alert(60, service: "search", title: "PodNotReady", labels: ("node", "worker-7")), Incident("payments", "NodeDown", ("node", "worker-7")))
            .ShouldBeGreaterThanOrEqualTo(0.5);

    [Fact]
    public void A_cascade_along_a_call_joins_while_it_is_fresh()
    {
        Score(Some.Alert(120, service: "web", title: "Latency"), Incident("payments", "Errors")).ShouldBeGreaterThanOrEqualTo(0.5);
        Score(Some.Alert(1800, service: "web", title: "Latency"), Incident("payments", "Errors")).ShouldBeLessThan(0.5);
    }

    [Fact]
    public void Scores_stay_between_nought_and_one()
    {
        var labels = Labels(Shareable);
        Score(Some.Alert(0, title: "PodNotReady", labels: labels), Incident("payments", "PodNotReady", labels)).ShouldBe(1);
        Score(Some.Alert(90_000), Incident("payments", "x")).ShouldBe(0);
    }

    private static readonly int[] Shareable = [.. Enumerable.Range(0, 12)];

    private static (string Name, string Value)[] Labels(IEnumerable<int> which) =>
        [.. which.Select(i => (new[] { "node", "namespace", "queue", "colour" }[i % 4] + (i < 4 ? "" : Some.Id("_", i)), Some.Id("value-", i)))];

    private static double Score(AlertReported alert, IncidentCandidate incident) =>
        Correlator.Choose(alert, new() { Nearby = [incident] }, Some.Topology("web->payments"), new()) switch
        {
            JoinDecision.Join join => join.Score,
            JoinDecision.Open open => open.Score,
            var other => throw new InvalidOperationException(other.ToString()),
        };

    private static IncidentCandidate Incident(string? service, string title, params (string Name, string Value)[] labels) => new()
    {
        Id = 1,
        Environment = "prod",
        Status = IncidentStatus.Open,
        StartedAt = Some.At(0),
        LastEventAt = Some.At(0),
        Services = service is null ? [] : [service],
        RecentAlerts = [new(title, service, labels.ToDictionary(label => label.Name, label => label.Value))],
    };
}
