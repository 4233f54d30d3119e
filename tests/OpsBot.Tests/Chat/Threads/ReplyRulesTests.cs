using OpsBot.Chat.Threads;
using OpsBot.Contracts.Incidents;
using OpsBot.Tests.Support;

namespace OpsBot.Tests.Chat.Threads;

public class ReplyRulesTests
{
    private static readonly Incident Open = Some.OpenedThread().Incident;

    [Fact]
    public void Opening_needs_no_reply_because_the_card_is_the_news() => ReplyRules.ForChange(null, Open).ShouldBeEmpty();

    [Fact]
    public void More_alerts_and_an_acknowledgement_only_edit_the_card() =>
        ReplyRules.ForChange(Open, Open with { Firing = 40, Events = 90, Status = IncidentStatus.Acknowledged }).ShouldBeEmpty();

    [Fact]
    public void A_raise_of_severity_is_told_once_for_each_level()
    {
        var reply = ReplyRules.ForChange(Open with { Severity = SeverityLevel.Medium }, Open).ShouldHaveSingleItem();
        reply.DeliveryId.ShouldBe("INC-12/severity/critical");
        reply.Text.ShouldBe("Severity is now critical (was medium).");
    }

    [Theory]
    [InlineData(SeverityLevel.Critical, SeverityLevel.Low, 0)]
    [InlineData(SeverityLevel.Critical, SeverityLevel.Unknown, 0)]
    [InlineData(SeverityLevel.Unknown, SeverityLevel.Low, 0)]
    [InlineData(SeverityLevel.Unknown, SeverityLevel.High, 1)]
    [InlineData(SeverityLevel.Low, SeverityLevel.Medium, 1)]
    public void Only_what_got_worse_is_told(SeverityLevel before, SeverityLevel after, int replies) =>
        ReplyRules.ForChange(Open with { Severity = before }, Open with { Severity = after }).Count.ShouldBe(replies);

    [Fact]
    public void Resolving_and_opening_again_are_told_each_time_under_an_id_of_their_own()
    {
        var resolved = Some.ResolvedThread().Incident;
        var reopened = Some.ReopenedThread().Incident;
        var resolvedAgain = resolved with { Reopened = 1 };
        var ids = new[] { (Open, resolved), (resolved, reopened), (reopened, resolvedAgain) }
            .SelectMany(step => ReplyRules.ForChange(step.Item1, step.Item2)).Select(r => r.DeliveryId);
        ids.ShouldBe(["INC-12/resolved/0", "INC-12/reopened/1", "INC-12/resolved/1"]);
        ReplyRules.ForChange(Open, resolved)[0].Text.ShouldBe("INC-12 is resolved after 41 min 12 s.");
    }

    [Fact]
    public void Planning_the_same_change_twice_gives_the_same_reply() =>
        ReplyRules.ForChange(Open, Some.ResolvedThread().Incident).ShouldBe(ReplyRules.ForChange(Open, Some.ResolvedThread().Incident));

    [Fact]
    public void The_first_diagnosis_is_told_and_later_ones_edit_the_card()
    {
        var first = Some.DiagnosedThread().Diagnosis!;
        var reply = ReplyRules.ForDiagnosis(Open, null, first).ShouldHaveSingleItem();
        reply.Text.ShouldStartWith("Likely cause (82 %): Deploy of payments 4.12.0");
        reply.Text.ShouldContain("[E1, E2, E3]");
        ReplyRules.ForDiagnosis(Open, first, first with { Generation = 2 }).ShouldBeEmpty();
    }

    [Fact]
    public void A_cause_found_after_an_abstention_is_news_and_a_second_abstention_is_not()
    {
        var none = Some.AbstainedThread().Diagnosis!;
        var found = Some.DiagnosedThread().Diagnosis!;
        ReplyRules.ForDiagnosis(Open, null, none).Single().DeliveryId.ShouldBe("INC-12/diagnosis/none");
        ReplyRules.ForDiagnosis(Open, none, none).ShouldBeEmpty();
        ReplyRules.ForDiagnosis(Open, none, found).Single().DeliveryId.ShouldBe("INC-12/diagnosis/cause");
    }

    [Fact]
    public void A_reply_carries_no_control_characters_of_what_it_quotes() =>
        ReplyRules.ForDiagnosis(Open, null, Some.HostileThread().Diagnosis!).Single().Text.ShouldAllBe(c => !char.IsControl(c));
}
