using OpsBot.Storage.Messages;
using OpsBot.Tests.Support;

namespace OpsBot.Tests.Storage.Messages;

/// <summary>Long work commits in steps, and what has to wait is no failure.</summary>
public sealed class StepAndPostponeTests : IAsyncLifetime
{
    private readonly StoreFixture _store = new(options => options.Attempts = 3);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public ValueTask DisposeAsync() => _store.DisposeAsync();

    [Fact]
    public async Task A_postponed_row_is_due_again_later_and_its_tries_do_not_count()
    {
        await _store.Intake.AcceptAsync(Note.Delivered("a", "a"), Token);
        var attempts = new List<int>();
        for (var turn = 0; turn < 10; turn++)
        {
            var row = (await _store.ClaimAsync(Note.Kind)).ShouldHaveSingleItem($"turn {turn}");
            await _store.Handling.HandleAsync<Note>(
                row.Id,
                row.LeaseToken,
                (_, run) =>
                {
                    attempts.Add(run.Attempt);
                    return Task.FromResult<Effect>(scope =>
                    {
                        scope.Postpone(TimeSpan.FromSeconds(2));
                        return Task.CompletedTask;
                    });
                },
                Token);
            (await _store.ClaimAsync(Note.Kind)).ShouldBeEmpty("it waits");
            _store.Clock.Advance(TimeSpan.FromSeconds(2));
        }

        attempts.ShouldAllBe(attempt => attempt == 1);
        (await _store.Reader.DeadAsync(10, Token)).ShouldBeEmpty();
        (await _store.Reader.CountAsync(Token)).Handled.ShouldBe(0);
    }

    [Fact]
    public async Task A_step_is_committed_with_its_rows_while_the_work_goes_on()
    {
        await _store.Intake.AcceptAsync(Note.Delivered("a", "a"), Token);
        var row = (await _store.ClaimAsync(Note.Kind))[0];

        await _store.Handling.HandleAsync<Note>(
            row.Id,
            row.LeaseToken,
            async (_, run) =>
            {
                await run.CommitStepAsync(scope =>
                {
                    scope.Follow(NewMessage.Of(new Note("follows"), "other"));
                    return Task.CompletedTask;
                });
                (await _store.Reader.CountAsync(Token)).Waiting.ShouldBe(1);
                throw new InvalidOperationException("after the step");
            },
            Token);

        (await _store.ClaimAsync(Note.Kind)).ShouldHaveSingleItem("what followed from the step stays although the work failed").Id.ShouldNotBe(row.Id);
    }

    [Fact]
    public async Task Who_has_lost_the_row_commits_no_step()
    {
        await _store.Intake.AcceptAsync(Note.Delivered("a", "a"), Token);
        var row = (await _store.ClaimAsync(Note.Kind))[0];
        var committed = false;

        await _store.Handling.HandleAsync<Note>(
            row.Id,
            row.LeaseToken,
            async (_, run) =>
            {
                await _store.LapseAsync(row.Id);
                await _store.Queue.FreeAbandonedAsync(Token);
                await run.CommitStepAsync(scope =>
                {
                    scope.Follow(NewMessage.Of(new Note("must not be"), "other"));
                    return Task.CompletedTask;
                });
                committed = true;
                return Note.Nothing;
            },
            Token);

        committed.ShouldBeFalse();
        (await _store.ClaimAsync(Note.Kind)).ShouldHaveSingleItem().Id.ShouldBe(row.Id);
    }

    [Fact]
    public async Task A_row_bound_to_a_machine_is_handled_by_no_other()
    {
        await _store.Intake.AcceptAsync(Note.Delivered("a", "a"), Token);
        var row = (await _store.ClaimAsync(Note.Kind))[0];
        await _store.Handling.HandleAsync<Note>(
            row.Id,
            row.LeaseToken,
            async (_, run) =>
            {
                await run.CommitStepAsync(scope =>
                {
                    scope.StayOnThisHost();
                    return Task.CompletedTask;
                });
                return scope =>
                {
                    scope.Postpone(TimeSpan.Zero);
                    return Task.CompletedTask;
                };
            },
            Token);

        (await _store.ClaimAsync(Note.Kind)).ShouldHaveSingleItem("this machine may have it");
        (await _store.HostOfAsync(row.Id)).ShouldBe(_store.Get<WorkerIdentity>().Host);
    }
}
