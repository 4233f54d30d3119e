using OpsBot.Contracts.Diagnoses;
using OpsBot.Incidents.Timeline;

namespace OpsBot.Tests.Incidents.Timeline;

public sealed class ReplyTextsTests
{
    [Theory]
    [InlineData("Nothing stands out.")]
    [InlineData("Nothing stands out. Runbook: Slow shop; first step: Look at the cart")]
    [InlineData("long")]
    public void A_diagnosis_names_its_runbook_once_however_long_it_is(string summary)
    {
        var text = ReplyTexts.Diagnosis(new DiagnosisReport
        {
            Incident = "i",
            Abstained = true,
            Summary = summary == "long" ? new string('x', 700) + " Runbook: Slow shop; first step: Look at the cart" : summary,
            Causes = [],
            Evidence = [],
            Proposals = [],
            Stats = new DiagnosisStats(1, 0, [], 0, 0, 0),
            Runbook = new RunbookMatch("shop/slow/SKILL.md", "Slow shop", "Look at the cart", 0.9, "words"),
        });

        text.Split("Look at the cart").Length.ShouldBe(2);
        text.Split("Slow shop").Length.ShouldBe(2);
    }
}
