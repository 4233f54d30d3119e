using OpsBot.Contracts.Ports;
using OpsBot.Storage.Messages;
using OpsBot.Tests.Support;

namespace OpsBot.Tests.Storage;

public sealed class DeliveryKeyRetentionTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_delivery_is_known_for_seven_days_after_its_row_is_gone()
    {
        await using var store = new StoreFixture(store: options => options.Retention = TimeSpan.FromDays(30));
        await store.Intake.AcceptAsync(Note.Delivered("a", "a"), Token);
        var row = (await store.ClaimAsync(Note.Kind)).ShouldHaveSingleItem();
        await store.Handling.HandleAsync<Note>(row.Id, row.LeaseToken, (_, _) => Task.FromResult(Note.Nothing), Token);
        var maintenance = store.Get<MessageMaintenance>();

        store.Clock.Advance(TimeSpan.FromDays(30) + TimeSpan.FromMinutes(1));
        (await maintenance.PruneAsync(Token)).ShouldBe(1);
        (await store.Intake.AcceptAsync(Note.Delivered("a", "a"), Token)).ShouldBe(IntakeResult.Duplicate);

        store.Clock.Advance(TimeSpan.FromDays(7));
        (await maintenance.PruneAsync(Token)).ShouldBe(0);
        (await store.Intake.AcceptAsync(Note.Delivered("a", "a"), Token)).ShouldBe(IntakeResult.Accepted);
    }
}
