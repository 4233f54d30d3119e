using OpsBot.Actions.Approvals;
using OpsBot.Actions.Catalog;
using OpsBot.Contracts.Diagnoses;
using OpsBot.Contracts.Events;
using OpsBot.Contracts.Incidents;
using OpsBot.Tests.Support;

namespace OpsBot.Tests.Actions.Approvals;

public sealed class SuggestionsTests
{
    private static readonly Incident Incident = new()
    {
        Id = 3,
        Environment = "production",
        Title = "cart fails",
        Status = IncidentStatus.Open,
        StartedAt = Some.Start,
        OpenedAt = Some.Start,
        LastEventAt = Some.Start,
    };

    [Fact]
    public void A_cause_that_fits_fills_the_arguments_and_cites_its_evidence()
    {
        var change = new DeployReported
        {
            Source = "github",
            Event = "deployment",
            ChangeKey = "deployment/1",
            Change = ChangeKind.Deploy,
            Status = ChangeStatus.Succeeded,
            Version = "1.4.1",
        };
        var request = Suggestions.For(
            [Action(("service", "{cause.service}"), ("version", "v{change.version}"), ("where", "{incident.environment}"))], Incident,
            Report(Cause("cart", change: "github:deployment/1")), [change]).ShouldHaveSingleItem();

        request.ArgumentSets.ShouldHaveSingleItem().ShouldBe(
            new Dictionary<string, string> { ["service"] = "cart", ["version"] = "v1.4.1", ["where"] = "production" }, ignoreOrder: true);
        (request.ProposedBy, request.IncidentId, request.Environment).ShouldBe(("opsbot", 3L, "production"));
        request.Evidence.ShouldBe(["E1"]);
    }

    [Fact]
    public void A_cause_without_confidence_enough_proposes_nothing() =>
        Suggestions.For([Action(("service", "{cause.service}"))], Incident, Report(Cause("cart", confidence: 0.49)), []).ShouldBeEmpty();

    [Fact]
    public void A_cause_that_lacks_what_an_argument_needs_proposes_nothing() =>
        Suggestions.For([Action(("service", "{cause.instance}"))], Incident, Report(Cause("cart")), []).ShouldBeEmpty();

    [Fact]
    public void Another_kind_or_service_proposes_nothing()
    {
        Suggestions.For([Action(("service", "x"))], Incident, Report(Cause("cart", kind: CauseKind.Disk)), []).ShouldBeEmpty();
        Suggestions.For([Action(("service", "x"))], Incident, Report(Cause("search")), []).ShouldBeEmpty();
    }

    [Fact]
    public void What_a_watch_finds_wrong_fills_the_arguments_and_a_cause_does_not()
    {
        ActionDefinition[] catalog =
        [
            Of("requeue", ["hang", "fault-*"], ("job", "{watch.job}")), Of("drain", ["fault-*"], ("node", "{watch.node}")), Of("other", ["divergence"], ("job", "{watch.job}")),
        ];
        var job = new Dictionary<string, string> { ["job"] = "4711" };
        Suggestions.For(catalog, Incident, [new WatchedFinding("hang", "no step for 2 h", job), new WatchedFinding("fault-nccl-timeout", "NCCL timed out", new Dictionary<string, string>(job) { ["node"] = "gpu7" })])
            .Select(request => (request.Action, request.ArgumentSets[0].Values.Single(), request.Why)).ShouldBe(
                [("requeue", "4711", "no step for 2 h"), ("drain", "gpu7", "NCCL timed out")]);
        Suggestions.For(catalog, Incident, [new WatchedFinding("fault-xid", "XID 79", job)]).Select(request => request.Action).ShouldBe(["requeue"], "no node is known");
        Suggestions.For(catalog, Incident, Report(Cause("cart")), []).ShouldBeEmpty();

        static ActionDefinition Of(string name, string[] findings, params (string Name, string Value)[] arguments) => Some.ActionDefinition() with
        {
            Name = name,
            Suggest = [new Suggestion([], [], arguments.ToDictionary(one => one.Name, one => one.Value), 0.5, findings)],
        };
    }

    [Fact]
    public void At_most_three_are_proposed_in_the_order_of_the_causes_and_none_twice() =>
        Suggestions.For(
            [Action(("service", "{cause.service}"))], Incident,
            Report(Cause("cart-4", rank: 4), Cause("cart-1", rank: 1), Cause("cart-1", rank: 2), Cause("cart-3", rank: 3), Cause("cart-5", rank: 5)), [])
            .Select(request => request.ArgumentSets[0]["service"]).ShouldBe(["cart-1", "cart-3", "cart-4"]);

    private static ActionDefinition Action(params (string Name, string Value)[] arguments) => Some.ActionDefinition() with
    {
        Suggest = [new Suggestion([CauseKind.Deploy], ["cart*"], arguments.ToDictionary(one => one.Name, one => one.Value), 0.5)],
    };

    private static Cause Cause(string service, int rank = 1, double confidence = 0.8, CauseKind kind = CauseKind.Deploy, string? change = null) =>
        new(rank, service, null, null, kind, null, null, change, confidence, "the deploy broke it", ["E1"]);

    private static DiagnosisReport Report(params Cause[] causes) => new()
    {
        Incident = "INC-3",
        Abstained = false,
        Summary = "",
        Causes = causes,
        Evidence = [],
        Proposals = [],
        Stats = new DiagnosisStats(0, 0, [], 0, 0, 0),
    };
}
