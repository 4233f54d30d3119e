using System.Runtime.CompilerServices;
using System.Threading.Channels;
using OpsBot.Contracts.Incidents;
using OpsBot.Contracts.Ports;
using OpsBot.Runtime.Redaction;

namespace OpsBot.Tests.Support;

/// <summary>The store behind the console, in memory; a test changes it and says so.</summary>
internal sealed class FakeStore : IIncidentReader, IIncidentOverview, IMessageReader, IMessageRetry
{
    private int _counted;

    public List<IncidentDetail> Incidents { get; private set; } = [];

    public List<MessageRow> Dead { get; } = [];

    public List<QuarantinedRow> Quarantined { get; } = [];

    public List<long> Retried { get; } = [];

    /// <summary>Other incidents, all at once: pages may be reading the ones before.</summary>
    public void Replace(IEnumerable<IncidentDetail> incidents) => Incidents = [.. incidents];

    /// <summary>Thrown by every read while set.</summary>
    public Exception? Broken { get; set; }

    public Task<IReadOnlyList<Incident>> ListAsync(
        IReadOnlyCollection<IncidentStatus> status, int limit, int offset, CancellationToken cancellationToken)
    {
        if (Broken is not null) throw Broken;
        return Task.FromResult<IReadOnlyList<Incident>>(Incidents.Select(d => d.Incident)
            .Where(i => status.Count == 0 || status.Contains(i.Status))
            .OrderByDescending(i => i.OpenedAt).Skip(offset).Take(limit).ToList());
    }

    public Task<IncidentDetail?> FindAsync(long id, CancellationToken cancellationToken) =>
        Task.FromResult(Incidents.Find(d => d.Incident.Id == id));

    Task<IncidentCounts> IIncidentOverview.CountAsync(CancellationToken cancellationToken) => Task.FromResult(new IncidentCounts(
        Incidents.Count(d => d.Incident.Status == IncidentStatus.Open),
        Incidents.Count(d => d.Incident.Status == IncidentStatus.Acknowledged),
        Incidents.Count(d => d.Incident.Status == IncidentStatus.Resolved)));

    public Task<IReadOnlyDictionary<long, DiagnosisBrief>> LatestDiagnosesAsync(
        IReadOnlyCollection<long> incidentIds, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyDictionary<long, DiagnosisBrief>>(Incidents
            .Where(d => incidentIds.Contains(d.Incident.Id) && d.Diagnosis is not null)
            .ToDictionary(d => d.Incident.Id, d => d.Diagnosis!.Report.Causes is [var top, ..]
                ? new DiagnosisBrief(top.Statement, top.Confidence)
                : new DiagnosisBrief(null, null)));

    /// <summary>How often messages were counted.</summary>
    public int Counted => _counted;

    Task<MessageCounts> IMessageReader.CountAsync(CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _counted);
        return Task.FromResult(new MessageCounts(
            3, 1, 7, 18_204, Dead.Count, Quarantined.Count, Some.Night.AddMinutes(1), new Dictionary<string, long> { ["pagerduty"] = 4 }));
    }

    public Task<IReadOnlyList<MessageRow>> DeadAsync(int limit, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<MessageRow>>(Dead.Take(limit).ToList());

    public Task<IReadOnlyList<QuarantinedRow>> QuarantinedAsync(int limit, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<QuarantinedRow>>(Quarantined.Take(limit).ToList());

    public Task<QuarantinedRow?> FindQuarantinedAsync(long id, CancellationToken cancellationToken) => Task.FromResult(Quarantined.Find(q => q.Id == id));

    Task<MessageRow?> IMessageReader.FindAsync(long id, CancellationToken cancellationToken) => Task.FromResult(Dead.Find(m => m.Id == id));

    public Task<RetryOutcome> RetryAsync(long messageId, CancellationToken cancellationToken)
    {
        Retried.Add(messageId);
        return Task.FromResult(Dead.RemoveAll(m => m.Id == messageId) > 0 ? RetryOutcome.Queued : RetryOutcome.NotFound);
    }

    /// <summary>A night with something of everything.</summary>
    public static FakeStore WithANight()
    {
        var store = new FakeStore();
        store.Incidents.AddRange(
        [
            Some.DiagnosedThread(),
            Some.StormThread(),
            Another(29, "Disk of ledger-db-0 fills up within 4 h", SeverityLevel.High, IncidentStatus.Acknowledged, -52, "ledger-db"),
            Another(28, "Training job rank-ctr-0417 stalled at step 12,400", SeverityLevel.Medium, IncidentStatus.Open, -95, "rank-ctr"),
            Another(27, "Certificate of api.example.com expires in 9 days", SeverityLevel.Low, IncidentStatus.Open, -600, "edge"),
            Some.ResolvedThread(7) with { Incident = Some.ResolvedThread(7).Incident with { StartedAt = Some.Night.AddDays(-19), OpenedAt = Some.Night.AddDays(-19) } },
        ]);
        store.Dead.Add(new MessageRow(
            4107, "incident.diagnose", "incident/31", "opsbot", null, Some.Night, Some.Night, null, Some.Night.AddMinutes(3), 20,
            "Prometheus at http://prom.example:9090 answered 422: query needs too many samples (limit 50,000,000). Narrow evidence.prometheus.window.",
            """{"incidentId":31,"reason":"opened","generation":1}"""));
        store.Dead.Add(new MessageRow(
            4031, "alert.reported", "alertmanager/g-17", "alertmanager", "9f2c", Some.Night.AddHours(-2), Some.Night.AddHours(-2), null, Some.Night.AddHours(-1), 20,
            "The store refused a title of 1,048,576 characters; the limit is 8,192.", """{"source":"alertmanager","title":"AAAA…"}"""));
        store.Quarantined.Add(new QuarantinedRow(
            88, "grafana", "sha256-71aa", Some.Night.AddMinutes(-20), "alerts[2].startsAt", "'yesterday' is no RFC 3339 time.", 2210,
            """{"receiver":"opsbot","alerts":[{"startsAt":"yesterday"}]}"""));
        return store;
    }

    private static IncidentDetail Another(long id, string title, SeverityLevel severity, IncidentStatus status, int minutes, string service)
    {
        var detail = Some.OpenedThread(id);
        return detail with
        {
            Incident = detail.Incident with
            {
                Title = title,
                Severity = severity,
                Status = status,
                StartedAt = Some.Night.AddMinutes(minutes),
                OpenedAt = Some.Night.AddMinutes(minutes),
                Service = service,
                Services = [service],
                Firing = status == IncidentStatus.Open ? 1 : 0,
                Acknowledged = status == IncidentStatus.Acknowledged ? 1 : 0,
                Events = 1,
                DiagnosisGeneration = 0,
            },
        };
    }
}

/// <summary>Live updates that a test sends by hand.</summary>
internal sealed class FakeLiveUpdates : ILiveUpdates
{
    private readonly Lock _lock = new();
    private readonly List<Channel<long>> _readers = [];

    /// <summary>Ids sent so far.</summary>
    public List<long> Sent { get; } = [];

    public int Readers
    {
        get
        {
            lock (_lock) return _readers.Count;
        }
    }

    public void IncidentChanged(long incidentId)
    {
        lock (_lock)
        {
            Sent.Add(incidentId);
            foreach (var reader in _readers) reader.Writer.TryWrite(incidentId);
        }
    }

    public async IAsyncEnumerable<long> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var mine = Channel.CreateUnbounded<long>();
        lock (_lock) _readers.Add(mine);
        try
        {
            await foreach (var id in mine.Reader.ReadAllAsync(cancellationToken)) yield return id;
        }
        finally
        {
            lock (_lock) _readers.Remove(mine);
        }
    }
}

/// <summary>Takes one known word out.</summary>
internal sealed class FakeRedactor : IRedactor
{
    public const string Secret = "hunter2-hunter2";

    public string Redact(string text) => text.Replace(Secret, "[redacted:test]", StringComparison.Ordinal);
}

/// <summary>A clock that stands still until it is set.</summary>
internal sealed class StillClock(DateTimeOffset now) : TimeProvider
{
    public DateTimeOffset Now { get; set; } = now;

    public override DateTimeOffset GetUtcNow() => Now;
}
