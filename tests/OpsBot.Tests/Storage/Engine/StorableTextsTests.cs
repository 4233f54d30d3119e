using OpsBot.Contracts.Ports;
using OpsBot.Contracts.Threads;
using OpsBot.Storage.Incidents;
using OpsBot.Storage.Messages;
using OpsBot.Tests.Storage.Messages;
using OpsBot.Tests.Support;

namespace OpsBot.Tests.Storage.Engine;

/// <summary>Texts that PostgreSQL's columns cannot hold, through each way into the store: alone, in an array, in a batch, and as what is looked for.</summary>
public sealed class StorableTextsTests : IAsyncDisposable
{
    private const string Nought = "a\0b";

    // not a constant: a compiler writes those as UTF-8 here and there
    private static readonly string Half = new(['x', '\uD83D', 'y']);

    private readonly StoredDesk _desk = new();

    private StoreFixture Store => _desk.Store;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>What the engine gives back of it.</summary>
    private static string Kept(string text) => TestEngine.IsPostgres ? text.Replace('\0', '\uFFFD').Replace('\uD83D', '\uFFFD') : text;

    [Fact]
    public async Task A_delivery_is_taken_and_known_again_whatever_it_is_called()
    {
        foreach (var name in new[] { Nought, Half })
        {
            var delivery = Note.Delivered(name, "text") with { Source = name };
            (await Store.Intake.AcceptAsync(delivery, Token)).ShouldBe(IntakeResult.Accepted);
            (await Store.Intake.AcceptAsync(delivery, Token)).ShouldBe(IntakeResult.Duplicate);
            Store.Intake.CountRefused(name);
        }

        await Store.Get<OpsBot.Storage.Messages.Intake>().FlushRefusedAsync(Token);
        (await Store.Reader.CountAsync(Token)).Refused.Count.ShouldBe(2);
        (await Store.ClaimAsync(Note.Kind)).Count.ShouldBe(2, "found by its sender and its stream");
    }

    [Fact]
    public async Task What_cannot_be_read_is_kept_with_its_reason()
    {
        var delivery = new QuarantinedDelivery("test", Nought, [0], new Dictionary<string, string> { ["X-" + Nought] = Half }, Nought, Nought);
        (await Store.Intake.QuarantineAsync(delivery, Token)).ShouldBe(IntakeResult.Accepted);
        (await Store.Intake.QuarantineAsync(delivery, Token)).ShouldBe(IntakeResult.Duplicate);

        (await Store.Reader.QuarantinedAsync(10, Token)).ShouldHaveSingleItem().Reason.ShouldBe(Kept(Nought));
    }

    [Fact]
    public async Task A_failure_whose_message_holds_it_is_written_down_and_so_is_what_was_journalled()
    {
        await Store.Intake.AcceptAsync(Note.Delivered("k", "text"), Token);
        var row = (await Store.ClaimAsync(Note.Kind))[0];
        await Store.Handling.HandleAsync<Note>(
            row.Id,
            row.LeaseToken,
            async (_, context) =>
            {
                await Store.Get<IJournal>().AppendAsync(context.Run, Nought, Half, Token);
                throw new HandlingException(FailureCategory.Refused, Nought);
            },
            Token);

        (await Store.Reader.DeadAsync(10, Token)).ShouldHaveSingleItem().Error.ShouldNotBeNull().ShouldContain(Kept(Nought));
        (await Store.Get<IJournal>().ReadAsync(new JournalRun(row.Id, row.LeaseToken), Token)).ShouldHaveSingleItem().Step.ShouldBe(Kept(Nought));
    }

    [Fact]
    public async Task An_incident_and_its_thread_are_found_by_what_they_were_written_with()
    {
        var alert = Some.Alert(0, fingerprint: Nought, title: Nought, service: Half, environment: Nought, labels: [(Nought, Half)]);
        await _desk.TakeAsync(alert, alert with { OccurredAt = Some.At(1) });
        var detail = await _desk.DetailAsync(1);
        await _desk.InAsync(scope => IncidentTable.AddTimelineAsync(scope.Transaction, 1, [new(Some.At(2), "note", Nought)]));
        var threads = Store.Get<IThreadStore>();
        await threads.OpenAsync(1, Nought, 1, Token);
        (await threads.AppendReplyAsync(1, new ThreadReply(Nought, Some.At(3), "note", Half), Token)).ShouldBe(ThreadWrite.Done);
        (await threads.AppendReplyAsync(1, new ThreadReply(Nought, Some.At(3), "note", Half), Token)).ShouldBe(ThreadWrite.AlreadyDone);

        detail.Alerts.ShouldHaveSingleItem();
        (await _desk.IncidentsAsync()).ShouldHaveSingleItem();
        (await _desk.DetailAsync(1)).Timeline.ShouldContain(entry => entry.Text == Kept(Nought));
    }

    public ValueTask DisposeAsync() => _desk.DisposeAsync();
}
