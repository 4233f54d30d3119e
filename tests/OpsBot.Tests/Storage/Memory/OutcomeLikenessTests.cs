using OpsBot.Contracts.Diagnoses;
using OpsBot.Contracts.Memory;
using OpsBot.Storage.Memory;
using OpsBot.Tests.Support;

namespace OpsBot.Tests.Storage.Memory;

public sealed class OutcomeLikenessTests
{
    private static readonly Contracts.Incidents.Incident Incident = Some.OpenedThread().Incident;

    [Theory]
    [InlineData(1, "the same alert")]
    [InlineData(3, "3 of the same alerts")]
    public void The_same_alerts_suffice_and_are_counted(int shared, string words) =>
        OutcomeLikeness.Of(Incident, likeliest: null, Some.Outcome() with { Service = "other", Title = "Else" }, shared)!.Words.ShouldBe(words);

    [Fact]
    public void Without_a_common_alert_service_words_and_kind_of_cause_have_to_agree() =>
        OutcomeLikeness.Of(Incident, CauseKind.Deploy, Some.Outcome(), 0)!.Words.ShouldBe("same service and similar words, same kind of cause (deploy)");

    [Fact]
    public void Any_common_alert_counts_more_than_words()
    {
        var words = OutcomeLikeness.Of(Incident, CauseKind.Deploy, Some.Outcome(), 0)!;
        OutcomeLikeness.Of(Incident, CauseKind.Deploy, Some.Outcome(), 1)!.Score.ShouldBeGreaterThan(words.Score);
    }

    public static TheoryData<string> Differences => ["service", "environment", "title", "kind", "undiagnosed", "no cause before", "kind unknown"];

    [Theory]
    [MemberData(nameof(Differences))]
    public void One_difference_makes_it_another_thing(string what)
    {
        var earlier = Some.Outcome();
        CauseKind? likeliest = CauseKind.Deploy;
        switch (what)
        {
            case "service": earlier = earlier with { Service = "cart" }; break;
            case "environment": earlier = earlier with { Environment = "staging" }; break;
            case "title": earlier = earlier with { Title = "Certificate expires in nine days" }; break;
            case "kind": likeliest = CauseKind.Memory; break;
            case "undiagnosed": likeliest = null; break;
            case "no cause before": earlier = earlier with { Causes = [] }; break;
            default:
                likeliest = CauseKind.Unknown;
                earlier = earlier with { Causes = [new OutcomeCause(CauseKind.Unknown, null, null, "?")] };
                break;
        }

        OutcomeLikeness.Of(Incident, likeliest, earlier, 0).ShouldBeNull();
    }
}
