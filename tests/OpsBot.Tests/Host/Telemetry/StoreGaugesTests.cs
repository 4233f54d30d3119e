using Microsoft.Extensions.Logging.Abstractions;
using OpsBot.Contracts.Ports;
using OpsBot.Handlers;
using OpsBot.Host.Bus;
using OpsBot.Host.Telemetry;
using OpsBot.Storage.Messages;
using OpsBot.Tests.Support;

namespace OpsBot.Tests.Host.Telemetry;

public sealed class StoreGaugesTests
{
    private readonly ManualClock _clock = new();
    private readonly CountedFigures _store = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task However_many_scrape_the_store_is_asked_once_in_a_while()
    {
        var gauges = Gauges();
        await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => gauges.WriteAsync(new Exposition(), Cancel)));
        _store.Asked.ShouldBe(1);

        _clock.Advance(StoreGauges.Fresh - TimeSpan.FromMilliseconds(1));
        await gauges.WriteAsync(new Exposition(), Cancel);
        _store.Asked.ShouldBe(1);

        _clock.Advance(TimeSpan.FromMilliseconds(1));
        await gauges.WriteAsync(new Exposition(), Cancel);
        _store.Asked.ShouldBe(2);
    }

    [Fact]
    public async Task A_store_that_does_not_answer_leaves_its_figures_out_and_is_not_asked_again_meanwhile()
    {
        _store.Answer = new TaskCompletionSource().Task;
        var gauges = Gauges();
        var page = new Exposition();

        var written = gauges.WriteAsync(page, Cancel);
        while (!written.IsCompleted)
        {
            await Task.Yield();
            _clock.Advance(TimeSpan.FromSeconds(3));
        }

        await written;
        page.ToString().ShouldBeEmpty();
        var again = gauges.WriteAsync(page, Cancel);
        _store.Asked.ShouldBe(1);
        again.IsCompleted.ShouldBeFalse("it waits for the one question that is under way");
    }

    [Fact]
    public async Task The_age_of_the_backlog_grows_while_figures_are_kept()
    {
        _store.OldestDue = _clock.GetUtcNow().AddSeconds(-40);
        var gauges = Gauges();
        await gauges.WriteAsync(new Exposition(), Cancel);
        _clock.Advance(TimeSpan.FromSeconds(2));
        var page = new Exposition();

        await gauges.WriteAsync(page, Cancel);

        page.ToString().ShouldContain("opsbot_backlog_age_seconds{kind=\"alert.reported\"} 42\n");
        page.ToString().ShouldContain("opsbot_backlog_rows{kind=\"alert.reported\"} 3\n");
    }

    private StoreGauges Gauges() => new(_store, new MessageKinds(new MessageOptions(), new HashSet<HostRole>()), _clock, NullLogger<StoreGauges>.Instance);

    private sealed class CountedFigures : IStoreFigures
    {
        private int _asked;

        public int Asked => _asked;

        public Task Answer { get; set; } = Task.CompletedTask;

        public DateTimeOffset? OldestDue { get; set; }

        public async Task<StoreFigures> ReadAsync(IReadOnlyCollection<string> kinds, CancellationToken cancellationToken)
        {
            Interlocked.Increment(ref _asked);
            await Answer;
            return new StoreFigures([new KindBacklog("alert.reported", 3, OldestDue)], 0, 0, 0, 0, 0, 0, 0);
        }
    }
}
