using System.Runtime.CompilerServices;
using OpsBot.Chat.Cards;
using OpsBot.Contracts.Actions;
using OpsBot.Contracts.Incidents;
using OpsBot.Tests.Support;

namespace OpsBot.Tests.Chat.Cards;

/// <summary>
/// The card as people see it, against the text approved in <c>Approved/</c>. A wanted change is approved by running with OPSBOT_APPROVE=1
/// and reading the difference.
/// </summary>
public class CardSnapshotTests
{
    [Fact]
    public void An_opened_incident_says_that_its_diagnosis_is_running() => Check(Some.OpenedThread(), "opened");

    [Fact]
    public void A_diagnosed_incident_leads_with_its_cause() => Check(Some.DiagnosedThread(), "diagnosed");

    [Fact]
    public void An_abstention_says_what_was_looked_at() => Check(Some.AbstainedThread(), "abstained");

    [Fact]
    public void A_storm_of_500_alerts_fits_on_a_card() => Check(Some.StormThread(), "storm");

    [Fact]
    public void An_acknowledged_incident_says_so() => Check(Some.AcknowledgedThread(), "acknowledged");

    [Fact]
    public void A_resolved_incident_says_how_long_it_took() => Check(Some.ResolvedThread(), "resolved");

    [Fact]
    public void A_reopened_incident_says_that_it_is_open_again() => Check(Some.ReopenedThread(), "reopened");

    [Fact]
    public void A_proposal_says_what_would_run_and_who_may_approve_it() => Check(Some.ProposedThread(), "proposed");

    [Fact]
    public void A_run_shows_its_output_while_it_is_under_way() =>
        Check(Some.ProposedThread(Some.ProposalView(ProposalStatus.Running, Some.ShownRun(RunStatus.Intended))), "running");

    [Fact]
    public void What_was_undone_says_why() => Check(
        Some.ProposedThread(Some.ProposalView(ProposalStatus.Undone, Some.ShownRun(RunStatus.Undone) with
        {
            Reason = "error-rate rose from 40 to 90, so it was undone.",
            HealthBefore = new Dictionary<string, double> { ["error-rate"] = 40 },
            HealthAfter = new Dictionary<string, double> { ["error-rate"] = 90 },
        })),
        "undone");

    [Fact]
    public void Hostile_texts_stay_texts() => Check(Some.HostileThread(), "hostile");

    [Fact]
    public void A_title_of_a_megabyte_is_cut() => Check(Some.HostileThread(new string('A', 1 << 20)), "huge-title");

    private static void Check(IncidentDetail detail, string name, [CallerFilePath] string here = "")
    {
        var text = CardTextRenderer.Render(CardBuilder.Build(detail));
        var file = Path.Combine(Path.GetDirectoryName(here)!, "Approved", $"{name}.txt");
        if (Environment.GetEnvironmentVariable("OPSBOT_APPROVE") == "1") File.WriteAllText(file, text);
        text.ShouldBe(File.ReadAllText(file), $"approved in {file}; OPSBOT_APPROVE=1 writes the new text there");
    }
}
