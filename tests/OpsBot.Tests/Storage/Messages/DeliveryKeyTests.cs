using OpsBot.Contracts.Ports;
using OpsBot.Tests.Support;

namespace OpsBot.Tests.Storage.Messages;

public sealed class DeliveryKeyTests : IAsyncDisposable
{
    private readonly StoreFixture _store = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_same_body_without_an_id_is_the_same_delivery_for_four_minutes_from_its_first_receipt()
    {
        (await AcceptAsync(ofBody: true)).ShouldBe(IntakeResult.Accepted);
        _store.Clock.Advance(TimeSpan.FromMinutes(3));
        (await AcceptAsync(ofBody: true)).ShouldBe(IntakeResult.Duplicate);
        _store.Clock.Advance(TimeSpan.FromMinutes(1));
        (await AcceptAsync(ofBody: true)).ShouldBe(IntakeResult.Duplicate);
        _store.Clock.Advance(TimeSpan.FromSeconds(1));
        (await AcceptAsync(ofBody: true)).ShouldBe(IntakeResult.Accepted);
        (await AcceptAsync(ofBody: true)).ShouldBe(IntakeResult.Duplicate);
        (await _store.Reader.CountAsync(Token)).Waiting.ShouldBe(2);
    }

    [Fact]
    public async Task A_delivery_that_its_sender_named_is_the_same_for_as_long_as_keys_are_kept()
    {
        await AcceptAsync(ofBody: false);
        _store.Clock.Advance(TimeSpan.FromDays(30));
        (await AcceptAsync(ofBody: false)).ShouldBe(IntakeResult.Duplicate);
    }

    [Theory]
    [InlineData(true, IntakeResult.Accepted)]
    [InlineData(false, IntakeResult.Duplicate)]
    public async Task The_quarantine_goes_by_the_same_rule(bool ofBody, IntakeResult later)
    {
        (await QuarantineAsync(ofBody)).ShouldBe(IntakeResult.Accepted);
        _store.Clock.Advance(TimeSpan.FromMinutes(4));
        (await QuarantineAsync(ofBody)).ShouldBe(IntakeResult.Duplicate);
        _store.Clock.Advance(TimeSpan.FromSeconds(1));
        (await QuarantineAsync(ofBody)).ShouldBe(later);
    }

    [Fact]
    public async Task Many_copies_at_once_after_the_four_minutes_are_one_new_delivery()
    {
        await AcceptAsync(ofBody: true);
        _store.Clock.Advance(TimeSpan.FromMinutes(5));
        var results = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => AcceptAsync(ofBody: true)));
        results.Count(result => result == IntakeResult.Accepted).ShouldBe(1);
    }

    public ValueTask DisposeAsync() => _store.DisposeAsync();

    private Task<IntakeResult> AcceptAsync(bool ofBody) => _store.Intake.AcceptAsync(Note.Delivered("key", "text") with { KeyIsOfBody = ofBody }, Token);

    private Task<IntakeResult> QuarantineAsync(bool ofBody) => _store.Intake.QuarantineAsync(
        new QuarantinedDelivery("test", "key", [1], new Dictionary<string, string>(), "$", "planted", ofBody), Token);
}
