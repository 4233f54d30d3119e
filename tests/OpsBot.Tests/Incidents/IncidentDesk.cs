using OpsBot.Contracts.Events;
using OpsBot.Contracts.Incidents;
using OpsBot.Contracts.Messages;
using OpsBot.Contracts.Ports;
using OpsBot.Incidents.Correlation;
using OpsBot.Incidents.Flow;
using OpsBot.Tests.Support;

namespace OpsBot.Tests.Incidents;

/// <summary>Correlation and flow over a store in memory: what the handler does with SQL, in the same steps.</summary>
internal sealed class IncidentDesk(ITopology? topology = null, CorrelationOptions? correlation = null, FlowSettings? settings = null)
{
    private readonly ITopology _topology = topology ?? Some.Topology();
    private readonly Dictionary<long, IncidentState> _incidents = [];
    private readonly Dictionary<(long Incident, string Source, string Key), IncidentAlert> _alerts = [];
    private readonly Dictionary<(string Source, string Key), LastHeard> _earlyResolves = [];
    private long _lastId;

    public CorrelationOptions Correlation { get; } = correlation ?? new();

    public FlowSettings Settings { get; } = settings ?? new();

    public List<(long Incident, IncidentJoin Join)> Joins { get; } = [];

    public List<FollowUp> Messages { get; } = [];

    public List<TimelineEntry> Timeline { get; } = [];

    public IReadOnlyList<Incident> Incidents => [.. _incidents.Values.Select(state => state.Incident).OrderBy(incident => incident.Id)];

    public Incident Only => Incidents.Count == 1 ? Incidents[0] : throw new InvalidOperationException($"There are {Incidents.Count} incidents.");

    public IEnumerable<PostReply> Replies => Messages.Select(message => message.Message).OfType<PostReply>();

    public IEnumerable<(DiagnoseIncident Request, TimeSpan Delay)> Diagnoses =>
        Messages.Where(message => message.Message is DiagnoseIncident).Select(message => ((DiagnoseIncident)message.Message, message.Delay));

    public IEnumerable<IncidentAlert> AlertsOf(long incident) => _alerts.Where(pair => pair.Key.Incident == incident).Select(pair => pair.Value);

    public JoinDecision Take(params IEnumerable<AlertReported> alerts)
    {
        JoinDecision last = new JoinDecision.Ignore("nothing", Remember: false);
        foreach (var alert in alerts)
            last = TakeOne(alert);
        return last;
    }

    public FlowResult Apply(IncidentEvent happened) => Keep(IncidentFlow.Apply(_incidents[happened.IncidentId], happened, Settings));

    private JoinDecision TakeOne(AlertReported alert)
    {
        alert = Correlator.Heard(alert, Candidates(alert), Correlation)?.Date(alert) ?? alert;
        var decision = Correlator.Choose(alert, Candidates(alert), _topology, Correlation);
        if (decision is JoinDecision.Ignore ignored)
        {
            var key = (alert.Source, alert.IncidentKey);
            if (ignored.Remember && (!_earlyResolves.TryGetValue(key, out var known) || known.At < SenderClock.TimeOf(alert)))
                _earlyResolves[key] = new(AlertStatus.Resolved, SenderClock.TimeOf(alert), alert.ReceivedAt);
            return decision;
        }

        var id = decision is JoinDecision.Join join ? join.IncidentId : ++_lastId;
        var record = decision.ToJoin(alert, alert.ReceivedAt)!;
        Joins.Add((id, record));
        Keep(IncidentFlow.Apply(
            _incidents.GetValueOrDefault(id),
            new AlertJoined(id, alert.ReceivedAt, Correlation.EnvironmentOf(alert), alert, _alerts.GetValueOrDefault((id, alert.Source, alert.IncidentKey)), record),
            Settings));
        return decision;
    }

    private FlowResult Keep(FlowResult result)
    {
        if (result.State is { } state)
            _incidents[state.Incident.Id] = state;
        if (result.Alert is { } alert)
            _alerts[(result.State!.Incident.Id, alert.Source, alert.IncidentKey)] = alert;
        Timeline.AddRange(result.Timeline);
        Messages.AddRange(result.Messages);
        return result;
    }

    private CorrelationCandidates Candidates(AlertReported alert)
    {
        var time = SenderClock.TimeOf(alert);
        return new()
        {
            ByKey =
            [
                .. Holding(known => known.Source == alert.Source && known.IncidentKey == alert.IncidentKey)
                    .Select(candidate => candidate with { Alert = _alerts[(candidate.Id, alert.Source, alert.IncidentKey)] }),
            ],
            ByFingerprint = Holding(known => known.Source == alert.Source && known.Fingerprint == alert.Fingerprint),
            Nearby =
            [
                .. Incidents.Where(incident => incident.LastEventAt >= time - Correlation.Window && incident.StartedAt <= time + Correlation.Window)
                    .Select(Sketch),
            ],
            ResolvedEarlier = _earlyResolves.GetValueOrDefault((alert.Source, alert.IncidentKey)),
        };
    }

    private IReadOnlyList<IncidentCandidate> Holding(Func<IncidentAlert, bool> which) =>
        [.. Incidents.Where(incident => AlertsOf(incident.Id).Any(which)).Select(Sketch)];

    private IncidentCandidate Sketch(Incident incident) =>
        IncidentCandidate.Of(incident, [.. AlertsOf(incident.Id).OrderByDescending(alert => alert.LastAt).Take(8).Select(AlertSketch.Of)]);
}
