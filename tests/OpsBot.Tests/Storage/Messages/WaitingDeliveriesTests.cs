using OpsBot.Contracts.Ports;
using OpsBot.Storage.Engine;
using OpsBot.Storage.Messages;

namespace OpsBot.Tests.Storage.Messages;

public sealed class WaitingDeliveriesTests
{
    private readonly WaitingDeliveries _waiting = new(new StoreOptions { WriteQueue = 100, WriteQueueMiB = 16 });

    [Fact]
    public void One_sender_has_three_quarters_of_the_places_and_others_get_in()
    {
        var places = Enumerable.Range(0, 75).Select(_ => _waiting.Enter("greedy", 10)).ToList();

        Should.Throw<IntakeOverloadedException>(() => _waiting.Enter("greedy", 10)).RetryAfter.ShouldBe(TimeSpan.FromSeconds(5));
        using (_waiting.Enter("other", 10))
        {
            places[0].Dispose();
            Should.Throw<IntakeOverloadedException>(() => _waiting.Enter("greedy", 10), "the other one is there now");
        }

        _waiting.Enter("greedy", 10).Dispose();
    }

    [Fact]
    public void Few_that_are_large_are_as_much_as_many_that_are_small()
    {
        var places = Enumerable.Range(0, 3).Select(_ => _waiting.Enter("greedy", 4 << 20)).ToList();

        Should.Throw<IntakeOverloadedException>(() => _waiting.Enter("greedy", 4 << 20));
        Should.Throw<IntakeOverloadedException>(() => _waiting.Enter("greedy", 4 << 20));
        using (_waiting.Enter("other", 100_000)) places[0].Dispose();
        _waiting.Enter("greedy", 4 << 20).Dispose();
    }

    [Fact]
    public void One_that_is_larger_than_all_may_be_still_gets_in_when_nothing_waits() => _waiting.Enter("large", 1L << 32).Dispose();
}
