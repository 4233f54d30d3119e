using OpsBot.Contracts;
using OpsBot.Contracts.Events;
using OpsBot.Contracts.Ports;
using OpsBot.Evidence;
using OpsBot.Evidence.Changes;
using OpsBot.Tests.Support;

namespace OpsBot.Tests.Evidence.Changes;

public sealed class ChangeHistorySourceTests : EvidenceSourceContract
{
    private protected override EvidenceBounds Tight => EvidenceBounds.Default with { MaxRows = 1 };

    private protected override IEvidenceSource? Source(State state) => state switch
    {
        State.Empty => Make(),
        State.Broken => Make(new History([], new InvalidOperationException("database is locked"))),
        State.Slow => Make(new History([], null, Hangs: true)),
        State.Hostile => Make(Change("1") with { Title = Hostile }),
        _ => Make(Change("1"), Change("2")),
    };

    private protected override int Seen(Observations observations) => observations.Changes.Count;

    private protected override IEnumerable<string> Queries(Observations observations) => observations.Changes.Select(c => c.Query);

    [Fact]
    public async Task Several_events_of_one_change_are_one_record_that_begins_when_it_started()
    {
        var seen = await Collect(Make(
            Change("7") with { Status = ChangeStatus.Succeeded, OccurredAt = Some.LogStart.AddMinutes(9), Version = "v2" },
            Change("7") with { Status = ChangeStatus.Started, OccurredAt = Some.LogStart.AddMinutes(5), Diff = "-a\n+b", Files = ["x"] },
            Change("7") with { Status = ChangeStatus.Created, OccurredAt = Some.LogStart.AddMinutes(1) }), EvidenceBounds.Default);
        var record = seen.Changes.ShouldHaveSingleItem();
        (record.Id, record.Time, record.Version, record.Diff, record.Files.Count).ShouldBe(("github:deployment/7", Some.LogStart.AddMinutes(5), "v2", "-a\n+b", 1));
    }

    [Fact]
    public async Task A_failed_change_says_so()
    {
        var seen = await Collect(Make(Change("7") with { Status = ChangeStatus.Failed, Title = "Deploy cart" }), EvidenceBounds.Default);
        seen.Changes[0].Summary.ShouldBe("Deploy cart (failed)");
    }

    private static DeployReported Change(string key) => new()
    {
        Source = "github",
        Event = "deployment_status",
        ChangeKey = $"deployment/{key}",
        Change = ChangeKind.Deploy,
        Status = ChangeStatus.Succeeded,
        Service = "cart",
        OccurredAt = Some.LogStart.AddMinutes(3),
        ReceivedAt = Some.LogStart.AddMinutes(4),
    };

    private static ChangeHistorySource Make(params DeployReported[] changes) => Make(new History(changes, null));

    private static ChangeHistorySource Make(History history) => new(history, Some.Redactor(), TimeProvider.System);

    private sealed record History(IReadOnlyList<DeployReported> Changes, Exception? Fault, bool Hangs = false) : IChangeHistory
    {
        public async Task<IReadOnlyList<DeployReported>> FindAsync(string environment, TimeWindow window, int limit, CancellationToken cancellationToken)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (Hangs) await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
            if (Fault is not null) throw Fault;
            return [.. Changes.Take(limit)];
        }
    }
}
