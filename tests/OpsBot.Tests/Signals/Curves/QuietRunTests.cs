using OpsBot.Signals.Curves;

namespace OpsBot.Tests.Signals.Curves;

public class QuietRunTests
{
    [Fact]
    public void A_run_that_is_quiet_is_first_stalled_and_then_hangs_and_each_is_said_once()
    {
        var judge = Run(everySeconds: 30);

        Kinds(judge, TimeSpan.FromSeconds(90)).ShouldBeEmpty();
        Kinds(judge, TimeSpan.FromMinutes(5)).ShouldBe([CurveAlertKind.Stalled]);
        Kinds(judge, TimeSpan.FromMinutes(30)).ShouldBeEmpty();
        Kinds(judge, TimeSpan.FromMinutes(61)).ShouldBe([CurveAlertKind.Hang]);
        Kinds(judge, TimeSpan.FromHours(5)).ShouldBeEmpty();
    }

    [Fact]
    public void A_job_that_does_not_run_is_neither()
    {
        Run(everySeconds: 30).Quiet(TimeSpan.FromHours(9), jobRuns: false).Alerts.ShouldBeEmpty();
    }

    [Fact]
    public void A_run_that_logs_once_in_two_hours_does_not_hang_after_one()
    {
        Kinds(Run(everySeconds: 7200), TimeSpan.FromHours(3)).ShouldBeEmpty();
    }

    [Fact]
    public void An_evaluation_as_long_as_one_before_is_no_stall()
    {
        var judge = Run(everySeconds: 30);
        judge.Take(SomeCurve.At(1000, SomeCurve.Start.AddSeconds((30 * 30) + 900), (SomeCurve.Loss, 1)));

        Kinds(judge, TimeSpan.FromMinutes(16)).ShouldBeEmpty();
        Kinds(judge, TimeSpan.FromMinutes(40)).ShouldBe([CurveAlertKind.Stalled]);
    }

    [Fact]
    public void A_step_ends_it()
    {
        var judge = Run(everySeconds: 30);
        Kinds(judge, TimeSpan.FromMinutes(5)).ShouldBe([CurveAlertKind.Stalled]);

        judge.Take(SomeCurve.At(1000, SomeCurve.Start.AddMinutes(30), (SomeCurve.Loss, 1)));
        judge.Take(SomeCurve.At(1010, SomeCurve.Start.AddMinutes(31), (SomeCurve.Loss, 1)));

        Kinds(judge, TimeSpan.FromHours(2)).ShouldBe([CurveAlertKind.Hang]);
    }

    [Fact]
    public void A_job_that_never_makes_a_step_hangs()
    {
        var alert = new CurveJudge(CurveGoal.None).Quiet(TimeSpan.FromHours(2), jobRuns: true).Alerts.ShouldHaveSingleItem();

        alert.Kind.ShouldBe(CurveAlertKind.Hang);
        alert.Message.ShouldContain("not begun");
    }

    [Fact]
    public void A_log_whose_own_times_go_on_without_a_step_tells_of_a_hang()
    {
        string[] log =
        [
            " iteration      100/    1000 | elapsed time per iteration (s): 60.00 | lm loss: 2.1E+00 |",
            " iteration      101/    1000 | elapsed time per iteration (s): 60.00 | lm loss: 2.1E+00 |",
            "[2026-01-05 08:00:00] the job is running on 4 nodes",
            "[2026-01-05 08:30:00] the job is running on 4 nodes",
            "[2026-01-05 09:10:00] the job is running on 4 nodes",
            "[2026-01-05 10:10:00] the job is running on 4 nodes",
        ];

        var alerts = CurveReplay.OfLog(log, CurveGoal.None).SelectMany(line => line.Judgement.Alerts).ToList();

        alerts.Select(alert => (alert.Kind, alert.Step)).ShouldBe([(CurveAlertKind.Stalled, 101L), (CurveAlertKind.Hang, 101L)]);
    }

    private static CurveJudge Run(double everySeconds)
    {
        var judge = new CurveJudge(CurveGoal.None);
        for (var i = 0; i < 30; i++)
        {
            judge.Take(SomeCurve.At(i * 10, SomeCurve.Start.AddSeconds(i * everySeconds), (SomeCurve.Loss, 2 - (0.01 * i)))).Alerts.ShouldBeEmpty();
        }

        return judge;
    }

    private static IEnumerable<CurveAlertKind> Kinds(CurveJudge judge, TimeSpan since) => judge.Quiet(since, jobRuns: true).Alerts.Select(alert => alert.Kind).ToList();
}
