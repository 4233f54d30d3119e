using OpsBot.Contracts.Events;
using OpsBot.Contracts.Incidents;
using OpsBot.Incidents.Correlation;
using OpsBot.Incidents.Flow;
using OpsBot.Tests.Support;

namespace OpsBot.Tests.Incidents.Correlation;

public class CorrelatorTests
{
    private static readonly CorrelationOptions Options = new();

    [Fact]
    public void The_senders_key_comes_before_the_fingerprint_and_the_fingerprint_before_the_score()
    {
        var (key, fingerprint, near) = (Candidate(1, "a"), Candidate(2, "b"), Candidate(3, "payments"));
        var all = new CorrelationCandidates { ByKey = [key], ByFingerprint = [fingerprint], Nearby = [near] };

        Joined(all).ShouldBe((1, "incident-key", 1));
        Joined(all with { ByKey = [] }).ShouldBe((2, "fingerprint", 1));
        Joined(all with { ByKey = [], ByFingerprint = [] }).Reason.ShouldBe("score");
    }

    [Theory]
    [InlineData(29, true)]
    [InlineData(31, false)]
    public void What_fires_again_reopens_within_the_window_only(int minutes, bool joins)
    {
        var resolved = Candidate(1, "payments") with { Status = IncidentStatus.Resolved, ResolvedAt = Some.At(0) };
        var decision = Choose(Some.Alert(minutes * 60), new() { ByKey = [resolved], Nearby = [resolved] });
        (decision is JoinDecision.Join).ShouldBe(joins);
        (decision is JoinDecision.Open).ShouldBe(!joins);
    }

    [Fact]
    public void A_score_reopens_what_was_resolved_within_the_settle_window_only()
    {
        var resolved = Candidate(1, "payments") with { Status = IncidentStatus.Resolved, ResolvedAt = Some.At(0), LastEventAt = Some.At(310) };
        Choose(Some.Alert(300), new() { Nearby = [resolved] }).ShouldBeOfType<JoinDecision.Join>().Parts.ShouldContain("within the settle window");
        Choose(Some.Alert(301), new() { Nearby = [resolved] }).ShouldBeOfType<JoinDecision.Open>();
        Choose(Some.Alert(-301), new() { Nearby = [resolved with { StartedAt = Some.At(-900) }] }).ShouldBeOfType<JoinDecision.Open>();
    }

    [Fact]
    public void Of_equal_scores_what_is_open_comes_before_what_was_just_resolved()
    {
        var resolved = Candidate(1, "payments") with { Status = IncidentStatus.Resolved, ResolvedAt = Some.At(0) };
        Choose(Some.Alert(10), new() { Nearby = [resolved, Candidate(2, "payments")] }).ShouldBeOfType<JoinDecision.Join>().IncidentId.ShouldBe(2);
    }

    [Fact]
    public void A_key_that_names_one_incident_finds_it_however_late_and_a_fingerprint_of_the_same_age_does_not()
    {
        var resolved = Candidate(1, "payments") with { Status = IncidentStatus.Resolved, ResolvedAt = Some.At(0) };
        Choose(Some.PagerDuty("reopened", 90 * 86_400), new() { ByKey = [resolved] }).ShouldBeOfType<JoinDecision.Join>();
        Choose(Some.PagerDuty("triggered", 90 * 86_400), new() { ByFingerprint = [resolved] }).ShouldBeOfType<JoinDecision.Open>();
    }

    [Fact]
    public void What_fires_without_an_environment_is_of_the_default_one_and_only_its_end_is_found_elsewhere()
    {
        var elsewhere = new CorrelationCandidates { ByKey = [Candidate(1, "payments")] };
        Choose(Some.Alert(10, environment: null), elsewhere).ShouldBeOfType<JoinDecision.Open>();
        Choose(Some.Alert(10, status: AlertStatus.Acknowledged, environment: null), elsewhere).ShouldBeOfType<JoinDecision.Join>();
        Choose(Some.Alert(10, status: AlertStatus.Resolved, environment: " "), elsewhere).ShouldBeOfType<JoinDecision.Join>();
    }

    [Fact]
    public void A_resolve_of_a_key_that_nobody_knows_is_no_news_of_others_of_its_fingerprint() =>
        Choose(Some.PagerDuty("resolved", 10), new() { ByFingerprint = [Candidate(1, "payments")] }).ShouldBeOfType<JoinDecision.Ignore>().Remember.ShouldBeTrue();

    [Theory]
    [InlineData("Prod", "prod")]
    [InlineData(" PROD ", "prod")]
    [InlineData(null, "default")]
    [InlineData(" ", "default")]
    public void An_environment_is_written_in_one_way(string? stated, string environment) =>
        new CorrelationOptions { DefaultEnvironment = "Default" }.EnvironmentOf(Some.Alert(environment: stated)).ShouldBe(environment);

    [Fact]
    public void Environments_never_mix()
    {
        var other = Candidate(1, "payments") with { Environment = "staging" };
        Choose(Some.Alert(0), new() { ByKey = [other], ByFingerprint = [other], Nearby = [other] }).ShouldBeOfType<JoinDecision.Open>();
        Choose(Some.Alert(0, environment: "STAGING"), new() { Nearby = [other] }).ShouldBeOfType<JoinDecision.Join>();
        Choose(Some.Alert(0, environment: null), new() { Nearby = [other] }).ShouldBeOfType<JoinDecision.Open>();
    }

    [Fact]
    public void A_resolve_that_nobody_knows_is_remembered_and_stops_the_firing_event_that_it_overtook()
    {
        Choose(Some.Alert(10, status: AlertStatus.Resolved), new() { Nearby = [Candidate(1, "payments")] })
            .ShouldBeOfType<JoinDecision.Ignore>().Remember.ShouldBeTrue();
        Choose(Some.Alert(5), new() { ResolvedEarlier = Resolve(10) }).ShouldBeOfType<JoinDecision.Ignore>().Remember.ShouldBeFalse();
        Choose(Some.Alert(11), new() { ResolvedEarlier = Resolve(10) }).ShouldBeOfType<JoinDecision.Open>();
    }

    [Fact]
    public void A_resolve_reaches_what_a_person_resolved_while_it_fired()
    {
        var byHand = Candidate(1, "payments") with { Status = IncidentStatus.Resolved, ResolvedAt = Some.At(0), ActiveAlerts = 1 };
        Choose(Some.Alert(50_000, status: AlertStatus.Resolved), new() { ByKey = [byHand] }).ShouldBeOfType<JoinDecision.Join>();
        Choose(Some.Alert(50_000, status: AlertStatus.Resolved), new() { ByKey = [byHand with { ActiveAlerts = 0 }] })
            .ShouldBeOfType<JoinDecision.Ignore>();
    }

    [Fact]
    public void Why_is_said_in_words_when_it_joins()
    {
        var join = Choose(
            Some.Alert(300, service: "web", title: "HighLatency", labels: ("node", "worker-7")),
            new() { Nearby = [Candidate(1, "payments", ("node", "worker-7"))] },
            "web->payments").ShouldBeOfType<JoinDecision.Join>();
        join.Parts.ShouldBe(["web is a neighbour of payments 0.35", "5 min apart 0.14", "shared node=worker-7 0.34"]);
        join.Score.ShouldBe(0.83, 0.01);
    }

    [Fact]
    public void Why_is_said_in_words_when_it_opens()
    {
        var open = Choose(Some.Alert(0, service: "search"), new() { Nearby = [Candidate(4, "payments")] }).ShouldBeOfType<JoinDecision.Open>();
        open.Parts[0].ShouldBe("nearest was INC-4 with 0.20, below 0.50");
        open.ToJoin(Some.Alert(), Some.At(0))!.Reason.ShouldBe("opened");
    }

    [Fact]
    public void The_order_of_candidates_changes_nothing_and_equal_scores_go_to_the_oldest()
    {
        IncidentCandidate[] same = [Candidate(5, "payments"), Candidate(3, "payments"), Candidate(9, "payments")];
        foreach (var order in new[] { same, [.. same.Reverse()], [same[1], same[2], same[0]] })
            Choose(Some.Alert(10), new() { Nearby = order }).ShouldBeOfType<JoinDecision.Join>().IncidentId.ShouldBe(3);
    }

    [Fact]
    public void A_hostile_alert_costs_little_and_its_words_are_cut()
    {
        var labels = Enumerable.Range(0, 1000).Select(i => (Some.Id("label", i), Some.Id("value", i))).ToArray();
        var hostile = Some.Alert(
            0, "x", title: new string('A', 500_000) + string.Concat(Enumerable.Repeat("aB ", 200_000)), service: new string('s', 100_000), labels: labels);
        var candidates = Enumerable.Range(1, 5000).Select(i => Candidate(i, Some.Id("svc", i), labels)).ToList();
        // One of those beyond the bound would be the best.
        candidates.Add(Candidate(9999, hostile.Service, labels));

        var decision = Choose(hostile, new() { Nearby = candidates });
        decision.ShouldBeOfType<JoinDecision.Open>().Parts.ShouldAllBe(part => part.Length < 400);
        decision.ToJoin(hostile, Some.At(0))!.Title.Length.ShouldBeLessThanOrEqualTo(300);
    }

    private static LastHeard Resolve(double at) => new(AlertStatus.Resolved, Some.At(at), Some.At(at));

    private static (long Id, string Reason, double Score) Joined(CorrelationCandidates candidates) =>
        Choose(Some.Alert(10), candidates).ShouldBeOfType<JoinDecision.Join>() is var join ? (join.IncidentId, join.Reason, join.Score) : default;

    private static JoinDecision Choose(AlertReported alert, CorrelationCandidates candidates, params string[] calls) =>
        Correlator.Choose(alert, candidates, Some.Topology(calls), Options);

    private static IncidentCandidate Candidate(long id, string? service, params (string Name, string Value)[] labels) => new()
    {
        Id = id,
        Environment = "prod",
        Status = IncidentStatus.Open,
        StartedAt = Some.At(0),
        LastEventAt = Some.At(0),
        Services = service is null ? [] : [service],
        RecentAlerts = [new("PodNotReady", service, labels.ToDictionary(label => label.Name, label => label.Value))],
    };
}
