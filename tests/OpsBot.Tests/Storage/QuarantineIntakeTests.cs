using OpsBot.Contracts.Ports;
using OpsBot.Storage.Messages;
using OpsBot.Tests.Support;

namespace OpsBot.Tests.Storage;

public sealed class QuarantineIntakeTests : IAsyncLifetime
{
    private readonly StoreFixture _store = new(store: options => options.QuarantineMiB = 1);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public ValueTask DisposeAsync() => _store.DisposeAsync();

    [Fact]
    public async Task A_delivery_that_cannot_be_read_is_kept_once_however_often_it_comes()
    {
        (await QuarantineAsync("a", 10)).ShouldBe(IntakeResult.Accepted);
        (await QuarantineAsync("a", 10)).ShouldBe(IntakeResult.Duplicate);

        (await _store.Reader.QuarantinedAsync(10, Token)).ShouldHaveSingleItem().DeliveryKey.ShouldBe("a");
    }

    [Fact]
    public async Task A_full_quarantine_turns_away_and_keeps_what_it_has_and_takes_what_still_fits()
    {
        const int beside = OpsBot.Storage.Messages.Intake.RowBytes + 2; // the row and its empty headers
        await QuarantineAsync("a", (1 << 20) - 100 - (2 * beside));
        await Should.ThrowAsync<IntakeOverloadedException>(() => QuarantineAsync("b", 101));
        await QuarantineAsync("c", 100);
        // what was turned away is not remembered: the sender's next try is no duplicate
        await Should.ThrowAsync<IntakeOverloadedException>(() => QuarantineAsync("b", 101));

        (await _store.Reader.QuarantinedAsync(10, Token)).Select(q => q.DeliveryKey).ShouldBe(["a", "c"], ignoreOrder: true);
    }

    [Fact]
    public async Task However_many_small_ones_come_the_quarantine_is_full_at_last()
    {
        var taken = 0;
        await Should.ThrowAsync<IntakeOverloadedException>(async () =>
        {
            for (; taken < 4000; taken++)
            {
                await QuarantineAsync($"k{taken}", 1);
            }
        });
        taken.ShouldBeInRange(2000, 2700);
    }

    [Fact]
    public async Task Reading_again_goes_through_all_takes_each_once_and_keeps_what_is_left()
    {
        for (var at = 0; at < 250; at++)
        {
            await QuarantineAsync($"k{at:000}", 10);
        }

        var quarantine = _store.Get<Quarantine>();
        // every third can be read, every third in part, the others not at all
        Reread Read(QuarantinedDelivery kept, DateTimeOffset at)
        {
            var number = int.Parse(kept.DeliveryKey[1..], System.Globalization.CultureInfo.InvariantCulture);
            var message = new DeliveredMessage("alert.reported", $"test/{kept.DeliveryKey}", "{}");
            return (number % 3) switch
            {
                0 => new Reread(new Delivery("test", kept.DeliveryKey, [message]), []),
                1 when kept.Body.Length == 10 => new Reread(new Delivery("test", kept.DeliveryKey, [message]), [kept with { Body = new byte[4], Field = "rest" }]),
                _ => new Reread(new Delivery("test", kept.DeliveryKey, []), [kept]),
            };
        }

        (await quarantine.RereadAsync(Read, all: false, Token)).ShouldBe((0, 0));
        (await quarantine.RereadAsync(Read, all: true, Token)).ShouldBe((84, 166));
        (await quarantine.RereadAsync(Read, all: true, Token)).ShouldBe((0, 166));
        (await _store.ScalarAsync("select count(*) from messages")).ShouldBe(167);
        (await _store.ScalarAsync("select count(distinct stream) from messages")).ShouldBe(167);
        (await _store.Reader.QuarantinedAsync(1000, Token)).Count(kept => kept is { Field: "rest", Bytes: 4 }).ShouldBe(83);
    }

    [Fact]
    public async Task What_was_kept_whole_is_taken_apart_and_no_part_is_lost()
    {
        await QuarantineAsync("whole", 30);
        var message = new DeliveredMessage("alert.reported", "test/good", "{}");
        (await _store.Get<Quarantine>().RereadAsync(
            (kept, at) => new Reread(
                new Delivery("test", kept.DeliveryKey, [message]),
                [.. Enumerable.Range(1, 3).Select(part => kept with { DeliveryKey = $"part{part}", Body = new byte[part], Field = $"f{part}" })]),
            all: true, Token)).ShouldBe((0, 1));

        (await _store.Reader.QuarantinedAsync(10, Token)).Select(kept => (kept.Bytes, kept.Field)).ShouldBe([(1, "f1"), (2, "f2"), (3, "f3")], ignoreOrder: true);
        (await _store.ScalarAsync("select count(*) from messages")).ShouldBe(1);
    }

    [Fact]
    public async Task One_can_be_looked_at_and_thrown_away_and_who_did_it_is_written_down_with_it()
    {
        await QuarantineAsync("a", 10);
        var quarantine = _store.Get<Quarantine>();
        var id = (await _store.Reader.QuarantinedAsync(10, Token)).ShouldHaveSingleItem().Id;

        (await _store.Reader.FindQuarantinedAsync(id, Token)).ShouldNotBeNull().DeliveryKey.ShouldBe("a");
        await Should.ThrowAsync<InvalidOperationException>(() => quarantine.DiscardAsync(id, (_, _, _) => throw new InvalidOperationException("the audit is not there"), Token));
        (await _store.Reader.FindQuarantinedAsync(id, Token)).ShouldNotBeNull();
        var told = "";
        (await quarantine.DiscardAsync(id, (_, source, key) => { told = $"{source}/{key}"; return Task.CompletedTask; }, Token)).ShouldBeTrue();
        told.ShouldBe("test/a");
        (await quarantine.DiscardAsync(id, (_, _, _) => Task.CompletedTask, Token)).ShouldBeFalse();
        (await _store.Reader.FindQuarantinedAsync(id, Token)).ShouldBeNull();
    }

    private Task<IntakeResult> QuarantineAsync(string key, int bytes) => _store.Intake.QuarantineAsync(
        new QuarantinedDelivery("test", key, new byte[bytes], new Dictionary<string, string>(), "$", "no time"), Token);
}
