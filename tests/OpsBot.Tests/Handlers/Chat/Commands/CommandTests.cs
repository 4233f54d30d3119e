using Microsoft.Extensions.DependencyInjection;
using OpsBot.Chat.Manners;
using OpsBot.Contracts.Actions;
using OpsBot.Contracts.Events;
using OpsBot.Contracts.Incidents;
using OpsBot.Contracts.Threads;
using OpsBot.Incidents.Desk;
using OpsBot.Storage.Messages;
using OpsBot.Tests.Support;

namespace OpsBot.Tests.Handlers.Chat.Commands;

public sealed class CommandTests : IAsyncDisposable
{
    private readonly CommandStage _stage = new();

    [Fact]
    public async Task Status_tells_of_the_incident_of_the_thread_and_elsewhere_of_all()
    {
        await OpenedAsync();
        (await _stage.SayAsync("ana", "status")).ShouldSatisfyAllConditions(
            answer => answer.Text.ShouldStartWith("INC-1: HighErrorRate"), answer => answer.Place.Thread.ShouldBe("t1"), answer => answer.OnlyAsker.ShouldBeFalse());
        var all = await _stage.SayAsync("ana", "status", thread: null);
        all.Text.ShouldContain("INC-1 open");
        all.Text.ShouldContain("INC-2 open");
    }

    [Fact]
    public async Task Why_tells_why_alerts_are_one_incident()
    {
        await _stage.OpenAsync(Some.Alert(), Some.Alert(5, "fp-2", title: "HighLatency"));
        await _stage.ThreadAsync();
        var why = (await _stage.SayAsync("mallory", "why")).Text;
        why.ShouldContain("no diagnosis yet");
        why.ShouldContain("One incident, because:");
        why.ShouldContain("HighErrorRate (alertmanager): opened it");
        why.ShouldContain("likeness 0.");
    }

    [Fact]
    public async Task Somebody_whom_nobody_named_reads_and_decides_nothing()
    {
        await OpenedAsync();
        var proposal = await _stage.Actions.ProposeAsync("payments");
        (await _stage.SayAsync("mallory", "status")).Text.ShouldContain("INC-1");
        foreach (var text in new[]
        {
            "ack", "resolve INC-1", "stop", "resume", "mute fp-1 2h", "split fp-1", "merge INC-2 into INC-1", "approve PROP-1", "refuse PROP-1", "run roll-back service=x", "diagnose",
        })
        {
            var answer = await _stage.SayAsync("mallory", text);
            answer.Text.ShouldContain("Nobody named you");
            answer.Text.ShouldContain("U-mallory-1");
            answer.OnlyAsker.ShouldBeTrue();
        }

        (await _stage.SayAsync("mallory", "", choice: Press("approve", proposal))).Text.ShouldContain("Nobody named you");
        (await _stage.ProposalAsync()).Proposal.Status.ShouldBe(ProposalStatus.Open);
        (await _stage.DetailAsync()).Incident.Status.ShouldBe(IncidentStatus.Open);
        (await _stage.SayAsync("mallory", "help")).Text.ShouldNotContain("approve PROP-7");
    }

    [Theory]
    [InlineData("why INC-1")]
    [InlineData("status INC-1")]
    [InlineData("status")]
    [InlineData("find HighErrorRate")]
    [InlineData("what is HighErrorRate about?")]
    [InlineData("why")]
    public async Task Somebody_whom_nobody_named_reads_of_an_incident_only_in_the_channel_of_its_thread(string text)
    {
        await OpenedAsync();
        var elsewhere = (await ElsewhereAsync("mallory", text)).Text;
        foreach (var told in (string[])["INC-1: ", "HighErrorRate (", "INC-1 open", "INC-1 (open", "diagnosis"])
            elsewhere.ShouldNotContain(told);
        var here = (await _stage.SayAsync("mallory", text)).Text;
        (here.Contains("INC-1", StringComparison.Ordinal) || here.Contains("HighErrorRate", StringComparison.Ordinal)).ShouldBeTrue(here);
        (await ElsewhereAsync("ana", text.Length > 6 ? text : $"{text} INC-1")).Text.ShouldContain("INC-1");
    }

    [Theory]
    [InlineData("why INC-1")]
    [InlineData("status")]
    [InlineData("status INC-1")]
    [InlineData("find HighErrorRate")]
    public async Task Nothing_is_answered_about_an_incident_that_is_not_to_be_posted_about(string text)
    {
        await using var stage = new CommandStage(services => services.Configure<ChatOptions>(options => options.DoNotPostAbout = ["checkout"]));
        await stage.OpenAsync(Some.Alert(service: "checkout"));
        var said = await stage.SayAsync("ana", text, thread: null);
        foreach (var told in (string[])["INC-1: ", "HighErrorRate (", "INC-1 open", "INC-1 (open", "diagnosis"])
            said.Text.ShouldNotContain(told);
    }

    [Fact]
    public async Task A_run_asks_for_what_is_missing_and_then_goes_through_proposal_and_approval()
    {
        await OpenedAsync();
        var asks = await _stage.SayAsync("ana", "run roll-back");
        asks.Text.ShouldContain("roll-back needs service");
        asks.Form!.Fields.Single(field => field.Name == "tier").Choices.ShouldBe(["staging", "production"]);
        asks.OnlyAsker.ShouldBeTrue();

        var proposed = await _stage.SayAsync(
            "ana", asks.Form.Command, choice: new ChatChoice("run", 0, 0, new Dictionary<string, string> { ["service"] = "payments", ["tier"] = "staging" }), way: ChatWay.Form);
        proposed.Decisions.ShouldHaveSingleItem().ProposalId.ShouldBe(1);
        var proposal = (await _stage.ProposalAsync()).Proposal;
        proposal.IncidentId.ShouldBe(1);
        proposal.Slots[0].Arguments["tier"].ShouldBe("staging");

        (await _stage.SayAsync("ana", "", choice: Press("approve", proposal))).Text.ShouldContain("somebody else has to approve");
        (await _stage.SayAsync("eve", "approve PROP-1")).Text.ShouldContain("sre");
        var yes = await _stage.SayAsync("ben", "", choice: Press("approve", proposal), way: ChatWay.Button);
        yes.OnlyAsker.ShouldBeTrue();
        (await _stage.ProposalAsync()).Proposal.Status.ShouldBe(ProposalStatus.Approved);
        (await _stage.SayAsync("ben", "", choice: Press("approve", proposal), way: ChatWay.Button)).Text.ShouldContain("already");
        await _stage.Actions.HandleRunsAsync();
        _stage.Actions.Effects.ShouldBe(["payments 4"], "a button that is pressed twice runs once");
    }

    [Fact]
    public async Task The_values_of_a_form_are_values_whatever_they_look_like()
    {
        await OpenedAsync();
        var answer = await _stage.SayAsync(
            "ana", "run roll-back", choice: new ChatChoice("run", 0, 0, new Dictionary<string, string> { ["service"] = "x\" stop \"" }), way: ChatWay.Form);
        answer.Text.ShouldContain("service");
        (await _stage.Actions.Get<OpsBot.Contracts.Ports.IActionReader>().ProposalsAsync(null, [], 10, TestContext.Current.CancellationToken)).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_button_of_an_older_version_decides_nothing()
    {
        var proposal = await _stage.Actions.ProposeAsync("payments");
        File.WriteAllText(_stage.Actions.In("state") + "-payments", """{"version":"5"}""");
        var newer = await _stage.Actions.ProposeAsync("payments");
        newer.Version.ShouldBe(2);
        (await _stage.SayAsync("ben", "", choice: Press("approve", proposal))).Text.ShouldContain("version");
        (await _stage.SayAsync("ben", "approve PROP-1")).Text.ShouldContain("say which one you have looked at");
        (await _stage.ProposalAsync()).Proposal.Status.ShouldBe(ProposalStatus.Open);
        await _stage.SayAsync("ben", "approve PROP-1 v2 looks right");
        (await _stage.ProposalAsync()).ShouldSatisfyAllConditions(
            view => view.Proposal.Status.ShouldBe(ProposalStatus.Approved), view => view.Approvals.ShouldHaveSingleItem().Reason.ShouldBe("looks right"));
    }

    [Fact]
    public async Task Stop_stops_for_any_person_and_resume_wants_a_role()
    {
        (await _stage.SayAsync("eve", "stop the rollback loops")).Text.ShouldContain("the rollback loops");
        (await _stage.SayAsync("ana", "status", thread: null)).Text.ShouldContain("Actions are stopped by eve");
        (await _stage.SayAsync("eve", "resume")).Text.ShouldContain("needs a person with a role");
        (await _stage.SayAsync("ana", "resume")).Text.ShouldContain("may run again");
    }

    [Fact]
    public async Task A_mute_is_shown_audited_and_taken_back()
    {
        (await _stage.SayAsync("ana", "mute fp-1 2h noisy since the move")).Text.ShouldContain("fp-1 (noisy since the move)");
        await _stage.OpenAsync(Some.Alert());
        (await _stage.SayAsync("eve", "status", thread: null)).Text.ShouldSatisfyAllConditions(
            text => text.ShouldContain("No incident is open."), text => text.ShouldContain("by ana: fp-1 (noisy since the move); 1 alert held back"));
        (await _stage.SayAsync("ben", "mute fp-1 off")).Text.ShouldContain("is taken up now");
        await _stage.HandleAsync<AlertReported>((alert, _) => Task.FromResult<Effect>(scope => _stage.Actions.Get<IncidentDesk>().TakeAsync(alert, scope)));
        (await _stage.SayAsync("ana", "status", thread: null)).Text.ShouldContain("INC-1");
        (await _stage.AuditAsync()).Select(row => (row.Kind, row.Actor)).ShouldBe([("unmuted", "ben"), ("muted", "ana")]);
        (await _stage.SayAsync("ana", "mute fp-1")).Text.ShouldContain("For how long?");
        (await _stage.SayAsync("ana", "mute fp-1 60d")).Text.ShouldContain("At most 30 days");
    }

    [Fact]
    public async Task Whom_nobody_named_is_told_of_mutes_only_where_they_are_told_of_the_incident()
    {
        await OpenedAsync();
        await _stage.SayAsync("ana", "mute fp-1 2h the payroll run");
        (await ElsewhereAsync("mallory", "status")).Text.ShouldNotContain("payroll");
        (await ElsewhereAsync("ana", "status")).Text.ShouldContain("payroll");
        (await _stage.SayAsync("mallory", "status", thread: null)).Text.ShouldContain("payroll");
        await _stage.SayAsync("ana", "mute fp-of-something-else 2h not for here");
        (await _stage.SayAsync("mallory", "status", thread: null)).Text.ShouldNotContain("not for here");
    }

    [Theory]
    [InlineData("status")]
    [InlineData("mute")]
    public async Task Mutes_of_what_is_not_to_be_posted_about_are_not_listed_where_that_would_be_a_post(string text)
    {
        await using var stage = new CommandStage(services => services.Configure<ChatOptions>(options => options.DoNotPostAbout = ["pay*"]));
        await stage.OpenAsync(
            Some.Alert(fingerprint: "fp-open", service: "payroll", title: "PayrollIsLate"), Some.Alert(5, "fp-shop", service: "shop", title: "ShopIsSlow", environment: "eu"));
        foreach (var fingerprint in (string[])["fp-open", "fp-held", "fp-shop", "fp-nobody-knows"])
            await stage.SayAsync("ana", $"mute {fingerprint} 2h", thread: null);
        await stage.OpenAsync(Some.Alert(9, "fp-held", service: "payments", title: "PaymentsAreLate", environment: "us"));

        var said = (await stage.SayAsync("ana", text, thread: null)).Text;
        said.ShouldContain("fp-shop");
        foreach (var silent in (string[])["fp-open", "fp-held", "fp-nobody-knows"])
            said.ShouldNotContain(silent);
    }

    [Theory]
    [InlineData("mute fp\0-1 2h")]
    [InlineData("mute fp\u001b[31m 2h")]
    public async Task A_fingerprint_with_control_characters_is_none(string text)
    {
        (await _stage.SayAsync("ana", text)).Text.ShouldContain("For how long?"); // the character parts two words
        (await _stage.SayAsync("ana", "mute")).Text.ShouldContain("Nothing is muted");
    }

    [Fact]
    public async Task What_is_missing_can_be_asked_before_the_row_is_handled_of_people_alone_and_goes_with_its_incident_and_reason()
    {
        await OpenedAsync();
        var forms = _stage.Actions.Get<OpsBot.Chat.Threads.IFormsAtOnce>();
        var form = forms.Find(Heard("ana", "run roll-back INC-2 tier=staging why=\"it is slow\"")).ShouldNotBeNull();
        form.Fields.Select(field => (field.Name, field.Value)).ShouldBe([("service", null), ("tier", "staging"), ("count", "1")], ignoreOrder: true);
        foreach (var other in (string[])["run roll-back service=x tier=staging", "run", "run nothing-of-the-kind", "status", "how do I run roll-back?", ""])
            forms.Find(Heard("ana", other)).ShouldBeNull(other);
        forms.Find(Heard("mallory", "run roll-back")).ShouldBeNull();
        forms.Find(Heard("ana", "run roll-back") with { Choice = new ChatChoice("run", 0, 0, new Dictionary<string, string>()) }).ShouldBeNull();

        await _stage.SayAsync("ana", form.Command, thread: null, choice: new ChatChoice("run", 0, 0, new Dictionary<string, string> { ["service"] = "payments", ["tier"] = "staging" }), way: ChatWay.Form);
        (await _stage.ProposalAsync()).Proposal.ShouldSatisfyAllConditions(proposal => proposal.IncidentId.ShouldBe(2), proposal => proposal.Why.ShouldBe("it is slow"));
    }

    [Fact]
    public async Task Split_and_merge_are_told_and_audited()
    {
        await _stage.OpenAsync(Some.Alert(), Some.Alert(5, "fp-2", title: "HighLatency"));
        await _stage.ThreadAsync();
        (await _stage.SayAsync("ana", "split")).Text.ShouldContain("fp-2: HighLatency");
        (await _stage.SayAsync("ana", "split HighLatency")).Text.ShouldContain("INC-2 is an incident of its own");
        (await _stage.SayAsync("ana", "merge INC-2")).Text.ShouldContain("INC-2 is a part of INC-1");
        (await _stage.DetailAsync()).Incident.Firing.ShouldBe(2);
        (await _stage.AuditAsync()).Select(row => row.Kind).ShouldBe(["merged", "split"]);
    }

    [Fact]
    public async Task What_changes_something_wants_its_incident_named_where_several_could_be_meant()
    {
        await OpenedAsync();
        (await _stage.SayAsync("ana", "ack", thread: null)).Text.ShouldContain("Which incident?");
        (await _stage.SayAsync("ana", "ack INC-2", thread: null)).Text.ShouldContain("INC-2 is yours, Ana.");
        (await _stage.SayAsync("ana", "diagnose ledger", thread: null)).Text.ShouldContain("INC-2 is being diagnosed again");
        (await _stage.DetailAsync(2)).Incident.DiagnosisGeneration.ShouldBe(2);
        (await _stage.SayAsync("ana", "diagnose nothing-known", thread: null)).Text.ShouldContain("No open incident is about");
    }

    [Fact]
    public async Task A_question_is_answered_by_search_and_a_slip_by_a_suggestion_and_nothing_by_silence()
    {
        await OpenedAsync();
        (await _stage.SayAsync("ana", "what is known of DiskFull on ledger?")).Text.ShouldContain("INC-2");
        (await _stage.SayAsync("ana", "find crash looping pods")).Text.ShouldContain("Runbook ");
        (await _stage.SayAsync("ana", "find qqqqqzzzz")).Text.ShouldContain("Nothing that is kept here");
        (await _stage.SayAsync("ana", "staus")).Text.ShouldContain("Did you mean 'status'?");
        (await _stage.SayAsync("ana", "")).Text.ShouldContain("You are Ana (sre)");
        (await _stage.SayAsync("ana", "watch error-rate")).Text.ShouldContain("I cannot read what to watch");
        (await _stage.SayAsync("ana", "run rol-back")).Text.ShouldContain("did you mean 'roll-back'?");
    }

    [Fact]
    public async Task Programs_get_no_answer_and_a_name_proves_nothing()
    {
        await OpenedAsync();
        var heard = new ChatReceived(
            "slack", "E", ChatWay.Mention, new ChatSpeaker("U-ana-1", IsBot: true), new ChatPlace("slack", "C1", "t1"), "status", null, null, _stage.Actions.Clock.GetUtcNow());
        (await _stage.HeardAsync(heard)).ShouldBeNull();
        (await _stage.HeardAsync(heard with { Way = ChatWay.ChannelPost, Speaker = new ChatSpeaker("U-ana-1") })).ShouldBeNull();
        (await _stage.HearAsync(heard with { Speaker = new ChatSpeaker("U-x", Name: "ana") })).Text.ShouldContain("INC-1");
        (await _stage.HearAsync(heard with { Text = "ack", Speaker = new ChatSpeaker("U-x", Name: "ana", Email: "ana@elsewhere.example") })).Text.ShouldContain("Nobody named you");
        heard.ToString().ShouldNotContain("status");
    }

    public ValueTask DisposeAsync() => _stage.DisposeAsync();

    private ChatReceived Heard(string who, string text) => new(
        "slack", "E", ChatWay.Command, new ChatSpeaker($"U-{who}-1"), new ChatPlace("slack", "C1"), text, null, null, _stage.Actions.Clock.GetUtcNow());

    private Task<Contracts.Messages.PostAnswer> ElsewhereAsync(string who, string text) => _stage.HearAsync(new ChatReceived(
        "slack", Guid.NewGuid().ToString("N"), ChatWay.Mention, new ChatSpeaker($"U-{who}-1"), new ChatPlace("slack", "C2", "t9"), text, null, null, _stage.Actions.Clock.GetUtcNow()));

    private async Task OpenedAsync()
    {
        await _stage.OpenAsync(Some.Alert(), Some.Alert(10, "fp-9", title: "DiskFull", service: "ledger"));
        await _stage.ThreadAsync();
    }

    private static ChatChoice Press(string action, Proposal proposal) => new(action, proposal.Id, proposal.Version, new Dictionary<string, string>());
}
