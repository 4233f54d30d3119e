using OpsBot.Contracts.Ports;
using OpsBot.Contracts.Watches;

namespace OpsBot.Tests.Support;

/// <summary>Watches in memory, for pages.</summary>
internal sealed class FakeWatches : IWatchReader
{
    public List<Watch> All { get; } = [];

    public List<WatchFinding> Findings { get; } = [];

    public Task<IReadOnlyList<Watch>> ListAsync(IReadOnlyCollection<WatchStatus> status, int limit, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<Watch>>([.. All.Where(watch => status.Count == 0 || status.Contains(watch.Status)).Take(limit)]);

    public Task<Watch?> FindAsync(long id, CancellationToken cancellationToken) => Task.FromResult(All.Find(watch => watch.Id == id));

    public Task<IReadOnlyList<WatchFinding>> FindingsAsync(long id, int limit, CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<WatchFinding>>(Findings);

    public Task<long> VersionAsync(CancellationToken cancellationToken) => Task.FromResult(All.Sum(watch => watch.Tick));

    public Task<long?> IncidentOfAsync(long id, CancellationToken cancellationToken) => Task.FromResult<long?>(12);
}
