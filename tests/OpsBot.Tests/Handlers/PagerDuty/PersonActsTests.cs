using Microsoft.Extensions.DependencyInjection;
using OpsBot.Actions.Approvals;
using OpsBot.Actions.Closing;
using OpsBot.Actions.People;
using OpsBot.Chat.PagerDuty;
using OpsBot.Contracts.Actions;
using OpsBot.Contracts.Messages;
using OpsBot.Handlers.Chat.Commands;
using OpsBot.Host.WebConsole.Endpoints;
using OpsBot.Tests.Support;

namespace OpsBot.Tests.Handlers.PagerDuty;

/// <summary>Whatever a person acts through, what still pages for the incident is acknowledged at PagerDuty, and only where that is wanted.</summary>
public sealed class PersonActsTests : IAsyncDisposable
{
    private CommandStage _stage = new(services => services.Configure<PagerDutyOptions>(
        options => (options.Acknowledge, options.Token, options.From) = (true, "a-key-of-these-tests", "opsbot@example.com")));

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("the button that approves")]
    [InlineData("the button that refuses")]
    [InlineData("the button that acknowledges")]
    [InlineData("the button that resolves")]
    [InlineData("approve in the command box")]
    [InlineData("ack in the command box")]
    [InlineData("diagnose in the command box")]
    [InlineData("a proposal from the command line")]
    [InlineData("approve on the command line")]
    public async Task The_first_action_of_a_person_acknowledges_what_still_pages(string what)
    {
        await PagedAsync();
        var proposal = await SuggestedAsync();

        await ActAsync(what, proposal);

        (await TellsAsync()).ShouldHaveSingleItem().ShouldBe("INC-1/pagerduty/Q1/acknowledge Q1 acknowledge");
    }

    [Theory]
    [InlineData("the button that approves")]
    [InlineData("the button that resolves")]
    [InlineData("ack in the command box")]
    public async Task Nothing_is_said_where_nobody_asked_for_it(string what)
    {
        await _stage.DisposeAsync();
        _stage = new CommandStage();
        await PagedAsync();

        await ActAsync(what, await SuggestedAsync());

        (await TellsAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_look_a_refused_click_and_what_the_program_does_by_itself_acknowledge_nothing()
    {
        await PagedAsync();
        var proposal = await SuggestedAsync();
        var spoken = _stage.Actions.Get<SpokenCommand>();
        await spoken.SayAsync("status", new Asker(Person("ben"), "web", "ben"), 1, Token);
        await spoken.SayAsync("why", new Asker(Person("ben"), "web", "ben"), 1, Token);
        (await Desk().DecideAsync(Decision(proposal, "eve"), Token)).Accepted.ShouldBeFalse("eve has no role");
        (await Desk().DecideAsync(Decision(proposal, "ben") with { Hash = new string('0', 64) }, Token)).Accepted.ShouldBeFalse("that was not shown");
        (await TellsAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task What_is_over_there_or_pages_nobody_is_left_alone()
    {
        await PagedAsync();
        await _stage.OpenAsync(Some.PagerDuty("resolved", 30, incident: "Q2", fingerprint: "dedup-2"), Some.PagerDuty("acknowledged", 40));
        await Desk().AcknowledgeAsync(Person("ben"), 1, Token);
        (await TellsAsync()).ShouldBeEmpty();
    }

    public ValueTask DisposeAsync() => _stage.DisposeAsync();

    private async Task ActAsync(string what, Proposal proposal)
    {
        var (desk, ben) = (Desk(), Person("ben"));
        var box = new Asker(ben, "web", "ben");
        switch (what)
        {
            case "the button that approves":
                (await desk.DecideAsync(Decision(proposal, "ben"), Token)).Accepted.ShouldBeTrue();
                break;
            case "the button that refuses":
                (await desk.DecideAsync(Decision(proposal, "ben") with { Approve = false }, Token)).Accepted.ShouldBeTrue();
                break;
            case "the button that acknowledges":
                (await desk.AcknowledgeAsync(ben, 1, Token)).Accepted.ShouldBeTrue();
                break;
            case "the button that resolves":
                (await desk.ResolveAsync(ben, 1, Token)).Accepted.ShouldBeTrue();
                break;
            case "approve on the command line":
                (await _stage.Actions.Get<ProposalDesk>().DecideAsync(Decision(proposal, "ben"), Token)).Accepted.ShouldBeTrue();
                break;
            case "a proposal from the command line":
                (await _stage.Actions.Get<ProposalDesk>().ProposeAsync(ActionStage.Request("cart") with { IncidentId = 1 }, Token)).Accepted.ShouldBeTrue();
                break;
            default:
                var word = what.Split(' ')[0];
                await _stage.Actions.Get<SpokenCommand>().SayAsync(word == "approve" ? $"approve {proposal.Name}" : word, box, 1, Token);
                break;
        }
    }

    /// <summary>An incident that PagerDuty pages for, with a second sender's alert.</summary>
    private Task PagedAsync() => _stage.OpenAsync(Some.PagerDuty("triggered", 0), Some.Alert(5));

    /// <summary>A proposal of nobody: a diagnosis suggested it.</summary>
    private async Task<Proposal> SuggestedAsync()
    {
        var prepared = await _stage.Actions.Get<ProposalPreparation>().PrepareAsync(ActionStage.Request("payments", by: "opsbot") with { IncidentId = 1 }, Token);
        var answer = await _stage.Actions.Get<OpsBot.Storage.Messages.Outbox>().CommitAsync(scope => _stage.Actions.Get<ProposalDesk>().StoreAsync(scope, prepared), Token);
        return answer.Proposal.ShouldNotBeNull(answer.Text);
    }

    private ConsoleDesk Desk() => ActivatorUtilities.CreateInstance<ConsoleDesk>(_stage.Actions.Get<IServiceProvider>());

    private Person Person(string id) => _stage.Actions.Get<IPeople>().Find(id)!;

    private static DecisionRequest Decision(Proposal proposal, string person) => new(proposal.Id, proposal.Version, proposal.Binding.Hash, person, Approve: true);

    private async Task<List<string>> TellsAsync()
    {
        var tells = new List<string>();
        await _stage.HandleAsync<TellPagerDuty>((tell, _) =>
        {
            tells.Add($"{tell.DeliveryId} {tell.PagerDutyId} {tell.What}");
            return Task.FromResult<OpsBot.Storage.Messages.Effect>(_ => Task.CompletedTask);
        });
        return tells;
    }
}
