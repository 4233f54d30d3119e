using OpsBot.Actions.Approvals;
using OpsBot.Contracts.Actions;
using OpsBot.Contracts.Ports;
using OpsBot.Tests.Support;

namespace OpsBot.Tests.Actions.Approvals;

public sealed class ProposalDeskTests
{
    [Fact]
    public async Task A_double_click_on_two_hosts_is_one_decision_and_asks_for_one_run()
    {
        await using var stage = new ActionStage();
        var other = stage.Host();
        for (var n = 1; n <= 10; n++)
        {
            var proposal = await stage.ProposeAsync($"s{n}");

            var answers = await Task.WhenAll(
                Enumerable.Range(0, 6).Select(i => Task.Run(() => stage.DecideAsync(proposal, host: i % 2 == 0 ? null : other), ActionStage.Token)));

            answers.ShouldAllBe(answer => answer.Accepted);
            answers.Count(answer => answer.Text == $"Approved; {proposal.Name} runs now.").ShouldBe(1);
            answers.Count(answer => answer.Text == "You have approved this already.").ShouldBe(5);
        }

        (await stage.CountAsync("select count(*) from approvals")).ShouldBe(10);
        (await stage.CountAsync("select count(*) from messages where kind = 'action.run'")).ShouldBe(10);
    }

    [Fact]
    public async Task The_same_proposal_is_not_made_twice_while_it_is_open()
    {
        await using var stage = new ActionStage();
        var first = await stage.ProposeAsync("cart");

        var again = await stage.Get<ProposalDesk>().ProposeAsync(ActionStage.Request("cart", by: "ben"), ActionStage.Token);

        again.Text.ShouldBe("PROP-1 proposes this already.");
        (again.Proposal!.Id, again.Proposal.Version, again.Proposal.ProposedBy).ShouldBe((first.Id, 1, "ana"));
        (await stage.CountAsync("select count(*) from proposals")).ShouldBe(1);
    }

    [Fact]
    public async Task A_changed_one_is_the_next_version_and_approvals_of_the_earlier_are_void()
    {
        await using var stage = new ActionStage();
        var first = await stage.ApprovedAsync("cart");
        await File.WriteAllTextAsync(stage.In("state-cart"), """{"version":"5"}""", ActionStage.Token);

        var second = await stage.ProposeAsync("cart");

        (second.Id, second.Version, second.Slots[0].Run[^1]).ShouldBe((first.Id, 2, "5"));
        var old = (await stage.Get<IActionReader>().FindProposalAsync(first.Id, 1, ActionStage.Token))!;
        old.Proposal.Status.ShouldBe(ProposalStatus.Void);
        old.Proposal.StatusReason!.ShouldContain("version was 4 and is 5");
        old.Approvals.ShouldHaveSingleItem().VoidedBecause.ShouldNotBeNull();
        (await stage.Get<IActionReader>().ProposalsAsync(null, [], 10, ActionStage.Token)).ShouldHaveSingleItem().Proposal.Version.ShouldBe(2);
    }

    [Fact]
    public async Task Every_refused_click_stands_in_the_audit_with_its_reason()
    {
        await using var stage = new ActionStage();
        var proposal = await stage.ProposeAsync("cart");

        await stage.DecideAsync(proposal, "dev");
        await stage.DecideAsync(proposal, "stranger");

        (await stage.CountAsync("select count(*) from audit where kind = 'denied'")).ShouldBe(2);
    }

    [Fact]
    public async Task A_stop_holds_on_every_host_and_after_a_restart_until_somebody_resumes()
    {
        await using var stage = new ActionStage();
        var proposal = await stage.ProposeAsync("cart");
        var ana = new Person("ana", "Ana", []);

        var stopped = await stage.Get<IKillSwitch>().StopAsync(ana, "migration", ActionStage.Token);
        stopped.Text.ShouldStartWith("Actions are stopped since ");
        stopped.Text.ShouldEndWith(" by Ana: migration.");
        stage.Restart();
        (await stage.DecideAsync(proposal, host: stage.Host())).Text.ShouldBe(stopped.Text);
        (await stage.Get<IKillSwitch>().ReadAsync(ActionStage.Token)).StoppedBy.ShouldBe("ana");

        (await stage.Get<IKillSwitch>().ResumeAsync(ana, ActionStage.Token)).Accepted.ShouldBeTrue();
        (await stage.DecideAsync(proposal)).Accepted.ShouldBeTrue();
        (await stage.RunAsync(proposal)).ShouldBeNull();
    }
}
