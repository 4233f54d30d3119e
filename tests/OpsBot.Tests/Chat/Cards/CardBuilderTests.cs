using System.Text.Json;
using System.Text.RegularExpressions;
using OpsBot.Chat.Cards;
using OpsBot.Contracts;
using OpsBot.Contracts.Actions;
using OpsBot.Contracts.Incidents;
using OpsBot.Contracts.Memory;
using OpsBot.Tests.Support;

namespace OpsBot.Tests.Chat.Cards;

public class CardBuilderTests
{
    [Fact]
    public void A_card_survives_its_way_through_the_store()
    {
        var card = CardBuilder.Build(Some.HostileThread());
        var json = JsonSerializer.Serialize(card, OpsBotJson.Options);
        var back = JsonSerializer.Deserialize<StatusCard>(json, OpsBotJson.Options)!;
        CardTextRenderer.Render(back).ShouldBe(CardTextRenderer.Render(card));
    }

    [Fact]
    public void The_largest_card_stays_within_what_the_strictest_surface_takes()
    {
        var huge = new string('W', 1 << 20);
        var storm = Some.StormThread();
        var diagnosis = Some.DiagnosedThread().Diagnosis!;
        var report = diagnosis.Report;
        var detail = storm with
        {
            Incident = storm.Incident with { Title = huge, Environment = huge, Services = Enumerable.Repeat(huge, 300).ToList() },
            Diagnosis = diagnosis with
            {
                Report = report with
                {
                    Causes = Enumerable.Range(1, 10).Select(n => report.Causes[0] with { Rank = n, Statement = huge, Metric = huge }).ToList(),
                    Evidence = Enumerable.Range(1, 200).Select(n => report.Evidence[0] with { Id = $"E{n}", Excerpt = huge, Query = huge }).ToList(),
                    Runbook = report.Runbook! with { Title = huge, FirstStep = huge, Path = huge },
                    Proposals = Enumerable.Repeat(report.Proposals[0] with { Action = huge, Why = huge }, 50).ToList(),
                },
            },
            Timeline = Enumerable.Repeat(new TimelineEntry(Some.Night, huge, huge), 1000).ToList(),
            SeenBefore = Enumerable.Repeat(new SeenBefore(1, huge, Some.Night, TimeSpan.Zero, huge) { Fixed = Runs(huge), DidNotHelp = Runs(huge) }, 100).ToList(),
            Proposals = Enumerable.Range(1, 20).Select(n => Huge(huge, n)).ToList(),
        };

        var card = CardBuilder.Build(detail);

        card.Sections.Count.ShouldBeLessThanOrEqualTo(10);
        foreach (var section in card.Sections)
        {
            section.Lines.Sum(l => l.Lead.Value.Length + l.Text.Value.Length + l.Detail.Value.Length + 3).ShouldBeLessThan(3000, section.Heading);
        }
    }

    private static List<OutcomeRun> Runs(string text) => Enumerable.Repeat(Some.OutcomeRun(text) with { Target = text, Reason = text }, 50).ToList();

    private static ProposalView Huge(string text, int id)
    {
        var proposal = Some.ShownProposal(id);
        var slot = proposal.Slots[0] with { Target = text, Run = [text, text], Undo = [text], DryRun = new DryRunOutput(1, text), Blast = new BlastRadius(1, 1, text) };
        return new ProposalView(
            proposal with { Title = text, Why = text, StatusReason = text, Evidence = [text, text], Slots = Enumerable.Repeat(slot, 100).ToList(), ApproverRoles = [text] },
            Enumerable.Repeat(new Approval(id, 1, text, true, Some.Night, text, text, null), 50).ToList(),
            Enumerable.Repeat(Some.ShownRun(RunStatus.Failed) with { OutputTail = text, Reason = text }, 50).ToList());
    }

    [Fact]
    public void No_text_of_a_hostile_incident_can_command_a_terminal()
    {
        var text = CardTextRenderer.Render(CardBuilder.Build(Some.HostileThread()), colours: false);
        text.Where(c => char.IsControl(c) && c != '\n').ShouldBeEmpty();
        text.IndexOfAny(['\u202E', '\u2066', '\u200B']).ShouldBe(-1);
    }

    [Fact]
    public void Colours_only_add_escape_sequences()
    {
        var card = CardBuilder.Build(Some.DiagnosedThread());
        var coloured = CardTextRenderer.Render(card, colours: true);
        coloured.ShouldContain("\u001b[1;97;41mCRITICAL\u001b[0m");
        Regex.Replace(coloured, "\u001b\\[[0-9;]*m", "").ShouldBe(CardTextRenderer.Render(card));
    }

    [Theory]
    [InlineData(40)]
    [InlineData(72)]
    [InlineData(100)]
    public void No_line_is_wider_than_the_terminal(int width)
    {
        foreach (var detail in new[] { Some.DiagnosedThread(), Some.HostileThread(new string('x', 5000)), Some.StormThread() })
        {
            foreach (var line in CardTextRenderer.Render(CardBuilder.Build(detail), width).Split('\n')) line.Length.ShouldBeLessThanOrEqualTo(width, line);
        }
    }

    [Fact]
    public void Secrets_are_gone_before_a_text_is_cut()
    {
        var secret = new string('a', CardLimits.Title - 5) + " " + FakeRedactor.Secret;
        var card = CardBuilder.Build(Some.HostileThread(secret).Redacted(new FakeRedactor()));
        card.Title.Value.ShouldNotContain("hunt");
    }

    [Fact]
    public void Evidence_that_the_first_cause_cites_stands_first()
    {
        var detail = Some.DiagnosedThread();
        var report = detail.Diagnosis!.Report;
        var reordered = detail with { Diagnosis = detail.Diagnosis with { Report = report with { Evidence = report.Evidence.Reverse().ToList() } } };
        CardBuilder.Build(reordered).Sections.Single(s => s.Kind == CardSectionKind.Evidence).Lines.Select(l => l.Lead.Value)
            .ShouldBe(["E1", "E2", "E3", "E4", "E5"]);
    }
}
