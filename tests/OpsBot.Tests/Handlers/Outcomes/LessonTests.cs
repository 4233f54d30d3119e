using OpsBot.Contracts.Actions;
using OpsBot.Contracts.Incidents;
using OpsBot.Handlers.Outcomes;
using OpsBot.Tests.Support;

namespace OpsBot.Tests.Handlers.Outcomes;

public sealed class LessonTests
{
    [Fact]
    public void What_was_verified_fixed_it_and_what_was_undone_failed_or_refused_did_not()
    {
        var lesson = Lesson.Of(Resolved(
            Some.ShownRun(RunStatus.Verified, 1), Some.ShownRun(RunStatus.Undone, 2), Some.ShownRun(RunStatus.Failed, 3), Some.ShownRun(RunStatus.Refused, 4),
            Some.ShownRun(RunStatus.Unknown, 5), Some.ShownRun(RunStatus.Intended, 6)));

        lesson.Fixed.Select(run => run.RunId).ShouldBe([1]);
        lesson.DidNotHelp.Select(run => run.RunId).ShouldBe([2, 3, 4]);
        lesson.Fixed[0].Arguments["version"].ShouldBe("4.11.3");
        lesson.Fixed[0].ProposalId.ShouldBe(7);
    }

    [Fact]
    public void It_keeps_alerts_causes_and_how_long_it_took()
    {
        var detail = Resolved();
        var lesson = Lesson.Of(detail);

        lesson.Fingerprints.ShouldBe(detail.Alerts.Select(alert => alert.Fingerprint).Distinct());
        lesson.Causes[0].Statement.ShouldBe(detail.Diagnosis!.Report.Causes[0].Statement);
        lesson.Causes[0].Kind.ShouldBe(detail.Diagnosis.Report.Causes[0].Kind);
        lesson.Duration.ShouldBe(detail.Incident.ResolvedAt!.Value - detail.Incident.StartedAt);
    }

    [Fact]
    public void It_keeps_who_closed_it_and_what_people_gave_as_reasons()
    {
        var detail = Resolved();
        var view = detail.Proposals[0];
        var lesson = Lesson.Of(detail with
        {
            Timeline = [.. detail.Timeline, new TimelineEntry(Some.Night, "resolved", "Resolved by Ada with 2 firing"), new TimelineEntry(Some.Night, "resolved", "Resolved: 2 alerts, all resolved")],
            Proposals = [view with { Approvals = [view.Approvals[0] with { Approved = false, Reason = "the fix is on its way" }] }],
        });
        lesson.Said.ShouldBe(["Resolved by Ada with 2 firing", "ada refused rollback: the fix is on its way"]);
    }

    [Theory]
    [InlineData(RunStatus.Waiting, true)]
    [InlineData(RunStatus.Checking, true)]
    [InlineData(RunStatus.Intended, true)]
    [InlineData(RunStatus.Exited, true)]
    [InlineData(RunStatus.Undoing, true)]
    [InlineData(RunStatus.Verified, false)]
    [InlineData(RunStatus.Unknown, false)]
    public void It_is_incomplete_while_a_run_is_under_way(RunStatus status, bool incomplete) =>
        Lesson.IsIncomplete(Resolved(Some.ShownRun(status))).ShouldBe(incomplete);

    [Fact]
    public void Of_an_incident_that_is_not_over_there_is_nothing_to_learn() =>
        Should.Throw<ArgumentException>(() => Lesson.Of(Some.DiagnosedThread())).Message.ShouldContain("INC-12");

    private static IncidentDetail Resolved(params ActionRun[] runs)
    {
        var detail = Some.DiagnosedThread();
        return detail with
        {
            Incident = detail.Incident with { Status = IncidentStatus.Resolved, ResolvedAt = Some.Night.AddMinutes(20) },
            Proposals = [Some.ProposalView(ProposalStatus.Done, runs)],
        };
    }
}
