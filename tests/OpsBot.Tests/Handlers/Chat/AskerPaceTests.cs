using Microsoft.Extensions.DependencyInjection;
using OpsBot.Chat.Manners;
using OpsBot.Contracts.Actions;
using OpsBot.Contracts.Events;
using OpsBot.Handlers.Chat;
using OpsBot.Tests.Support;

namespace OpsBot.Tests.Handlers.Chat;

public sealed class AskerPaceTests : IAsyncDisposable
{
    private readonly CommandStage _stage = new(services => services.Configure<ChatOptions>(options => options.AsksPerMinute = 4));
    private long _row;

    [Fact]
    public async Task Of_a_flood_so_many_are_answered_one_is_refused_and_the_rest_is_met_with_silence_until_the_minute_is_over()
    {
        (await FloodAsync("ana", 10)).ShouldBe(["No", "No", "No", "No", "That is more", null, null, null, null, null]);
        // somebody else is answered meanwhile
        (await FloodAsync("ben", 1)).ShouldBe(["No"]);
        _stage.Actions.Clock.Advance(TimeSpan.FromSeconds(61));
        (await FloodAsync("ana", 6)).ShouldBe(["No", "No", "No", "No", "That is more", null]);
    }

    [Fact]
    public async Task The_refusal_is_for_the_asker_alone()
    {
        await FloodAsync("ana", 4);
        (await _stage.SayAsync("ana", "status", thread: null)).OnlyAsker.ShouldBeTrue();
    }

    [Fact]
    public async Task Nothing_keeps_anybody_from_stopping_everything_or_from_deciding()
    {
        var proposal = await _stage.Actions.ProposeAsync("payments");
        await FloodAsync("ben", 12);
        var stopped = await _stage.SayAsync("ben", "stop now");
        stopped.Text.ShouldContain("now");
        stopped.OnlyAsker.ShouldBeTrue("a flood of it would fill the channel as well");
        (await _stage.SayAsync("ben", "", choice: new ChatChoice("refuse", proposal.Id, proposal.Version, new Dictionary<string, string>()))).Text.ShouldNotBeEmpty();
        (await _stage.ProposalAsync()).Proposal.Status.ShouldBe(ProposalStatus.Refused);
    }

    [Theory]
    [InlineData("stop")]
    [InlineData("approve PROP-1")]
    public async Task Whom_nobody_named_is_answered_no_more_often_by_words_that_are_always_taken_of_people(string words)
    {
        await _stage.Actions.ProposeAsync("payments");
        (await FloodAsync("mallory", 10, words)).ShouldBe(["No", "No", "No", "No", "That is more", null, null, null, null, null]);
    }

    [Fact]
    public async Task A_flood_of_decisions_and_stops_is_taken_to_the_last_and_answered_within_bounds()
    {
        var proposal = await _stage.Actions.ProposeAsync("payments");
        // eve has no role: each is refused
        (await FloodAsync("eve", 30, "approve PROP-1")).Count(answer => answer is not null).ShouldBe(8);
        (await FloodAsync("ben", 30, "stop")).Count(answer => answer is not null).ShouldBe(8);
        (await FloodAsync("ben", 1, "refuse PROP-1")).ShouldBe([null]);
        (await _stage.ProposalAsync(proposal.Id)).Proposal.Status.ShouldBe(ProposalStatus.Refused);
    }

    [Fact]
    public void At_the_limit_somebody_is_told_once_and_not_with_every_other_answer()
    {
        var pace = Pace();
        // twenty a minute where four are answered
        var turns = Enumerable.Range(0, 200).Select(_ =>
        {
            _stage.Actions.Clock.Advance(TimeSpan.FromSeconds(3));
            return pace.Take("one", ++_row);
        }).ToList();
        turns.Count(turn => turn == AskerTurn.Refused).ShouldBe(1);
        turns.Count(turn => turn == AskerTurn.Answered).ShouldBeInRange(36, 44);
    }

    [Fact]
    public void A_row_that_is_handled_again_counts_once_and_gets_the_same_turn()
    {
        var pace = Pace();
        for (var again = 0; again < 10; again++)
            pace.Take("one", 1).ShouldBe(AskerTurn.Answered);
        for (var row = 2; row <= 4; row++)
            pace.Take("one", row).ShouldBe(AskerTurn.Answered);
        pace.Take("one", 5).ShouldBe(AskerTurn.Refused);
        pace.Take("one", 6).ShouldBe(AskerTurn.Ignored);
        pace.Take("one", 5).ShouldBe(AskerTurn.Refused);
    }

    [Fact]
    public void Any_number_of_askers_is_held_in_little_memory()
    {
        var pace = Pace();
        for (var asker = 0; asker < 50_000; asker++)
            pace.Take($"asker {asker}", ++_row).ShouldBe(AskerTurn.Answered);
        pace.Count.ShouldBeLessThanOrEqualTo(10_000);
    }

    public ValueTask DisposeAsync() => _stage.DisposeAsync();

    private AskerPace Pace() => ActivatorUtilities.CreateInstance<AskerPace>(_stage.Actions.Get<IServiceProvider>());

    private async Task<IReadOnlyList<string?>> FloodAsync(string who, int times, string words = "status")
    {
        var answers = new List<string?>();
        for (var i = 0; i < times; i++)
        {
            var answer = await _stage.HeardAsync(new ChatReceived(
                "slack", $"flood-{++_row}", ChatWay.Mention, new ChatSpeaker($"U-{who}-1"), new("slack", "C1", null), words, null, null, _stage.Actions.Clock.GetUtcNow()));
            answers.Add(answer is null ? null : answer.Text.StartsWith("That is more", StringComparison.Ordinal) ? "That is more" : answer.Text[..2]);
        }

        return answers;
    }
}
