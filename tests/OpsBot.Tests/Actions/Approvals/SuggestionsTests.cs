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
