using OpsBot.Contracts.Ports;
using OpsBot.Host.Bus;

namespace OpsBot.Host.Telemetry;

/// <summary>
/// What lies in the store. It is asked at most every few seconds however many scrape, and by one of them at a time; while it does not answer these figures are
/// missing, and <c>opsbot_dependency_up</c> says why.
/// </summary>
internal sealed partial class StoreGauges(IStoreFigures store, MessageKinds kinds, TimeProvider clock, ILogger<StoreGauges> log) : IScrapeSource
{
    public static readonly TimeSpan Fresh = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(2);

    private readonly ILogger _log = log;
    private readonly Lock _lock = new();
    private Task<StoreFigures>? _asked;
    private long _begun;

    public async Task WriteAsync(Exposition page, CancellationToken cancellationToken)
    {
        try
        {
            Write(page, await Current().WaitAsync(Limit, clock, cancellationToken));
        }
        catch (Exception failure) when (!cancellationToken.IsCancellationRequested)
        {
            LogFailed(failure.Message);
        }
    }

    /// <summary>The one question of these seconds; one that has not been answered is shared for as long as it takes.</summary>
    private Task<StoreFigures> Current()
    {
        lock (_lock)
        {
            if (_asked is null || (_asked.IsCompleted && clock.GetElapsedTime(_begun) >= Fresh))
            {
                _begun = clock.GetTimestamp();
                // SQLite answers on the thread that asks
                _asked = Task.Run(() => store.ReadAsync(kinds.All, CancellationToken.None), CancellationToken.None);
            }

            return _asked;
        }
    }

    private void Write(Exposition page, StoreFigures figures)
    {
        var now = clock.GetUtcNow();
        page.Gauge(
                "opsbot_backlog_rows", $"Messages of a kind that are due and in nobody's hands, counted up to {IStoreFigures.Most}.", "kind",
                figures.Backlog.Select(kind => (kind.Kind, (double)kind.Rows)))
            .Gauge(
                "opsbot_backlog_age_seconds", "How long the oldest message of a kind has been due; 0 where none is.", "kind",
                figures.Backlog.Select(kind => (kind.Kind, kind.OldestDue is { } due ? Math.Max(0, (now - due).TotalSeconds) : 0)))
            .Gauge("opsbot_leases", $"Messages on the bus or in the hands of a worker, of all hosts, counted up to {IStoreFigures.Most}.", figures.Leased)
            .Gauge("opsbot_messages_dead", $"Messages that were given up and wait for a person, counted up to {IStoreFigures.Most}.", figures.Dead)
            .Gauge("opsbot_quarantined", $"Deliveries that could not be read and are kept, counted up to {IStoreFigures.Most}.", figures.Quarantined)
            .Gauge(
                "opsbot_incidents", $"Incidents that are not resolved, by status, counted up to {IStoreFigures.Most}.", "status",
                [("open", figures.OpenIncidents), ("acknowledged", figures.AcknowledgedIncidents)])
            .Gauge("opsbot_proposals_waiting", $"Proposals that wait for approvals, counted up to {IStoreFigures.Most}.", figures.ProposalsWaiting)
            .Gauge("opsbot_action_runs_unknown", $"Runs of which only a person can tell whether they were done, counted up to {IStoreFigures.Most}.", figures.RunsUnknown);
    }

    [LoggerMessage(2301, LogLevel.Warning, "The store did not tell its figures for /metrics: {Reason}")]
    private partial void LogFailed(string reason);
}
