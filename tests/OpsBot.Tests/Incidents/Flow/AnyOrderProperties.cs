using FsCheck;
using FsCheck.Fluent;
using OpsBot.Contracts.Events;
using OpsBot.Contracts.Incidents;
using OpsBot.Contracts.Messages;
using OpsBot.Incidents.Flow;
using OpsBot.Tests.Support;

namespace OpsBot.Tests.Incidents.Flow;

/// <summary>Deliveries come late, twice and in any order; what is true of an alert does not depend on it.</summary>
public class AnyOrderProperties
{
    private static readonly FlowSettings Settings = new() { ReplyBudget = 6 };

    [Fact]
    public void Each_alert_ends_as_its_newest_event_says_whatever_the_order_of_arrival() => Holds(Deliveries(keys: 2), arrived =>
    {
        var run = new Run();
        foreach (var alert in arrived)
            run.Take(alert);
        foreach (var events in arrived.GroupBy(alert => alert.IncidentKey))
            run.Alerts[events.Key].Status.ShouldBe(Truth(events), events.Key);
    });

    [Fact]
    public void Alerts_without_a_time_of_their_events_end_as_the_newest_says_when_all_come_within_seconds() => Holds(UndatedDeliveries(), arrived =>
    {
        var desk = new IncidentDesk();
        desk.Take(arrived);
        var known = desk.Incidents.SelectMany(incident => desk.AlertsOf(incident.Id)).ToLookup(alert => alert.IncidentKey);
        foreach (var events in arrived.GroupBy(alert => alert.IncidentKey))
        {
            var truth = events.Max(alert => (SenderClock.TimeOf(alert), alert.Status)).Status;
            known[events.Key].Count(alert => alert.Status == AlertStatus.Firing).ShouldBe(truth == AlertStatus.Firing ? 1 : 0, events.Key);
        }
    });

    [Fact]
    public void Counts_are_those_of_the_distinct_alerts_after_every_event() => Holds(Deliveries(keys: 2), arrived =>
    {
        var run = new Run();
        foreach (var alert in arrived)
        {
            run.Take(alert);
            var incident = run.State.Incident;
            incident.Firing.ShouldBe(run.Alerts.Values.Count(known => known.Status == AlertStatus.Firing));
            incident.Acknowledged.ShouldBe(run.Alerts.Values.Count(known => known.Status == AlertStatus.Acknowledged));
            incident.Resolved.ShouldBe(run.Alerts.Values.Count(known => known.Status == AlertStatus.Resolved));
            run.State.Memory.AlertsBySeverity.Sum().ShouldBe(run.Alerts.Count);
            incident.Status.ShouldBe(
                incident.Firing > 0 ? IncidentStatus.Open : incident.Acknowledged > 0 ? IncidentStatus.Acknowledged : IncidentStatus.Resolved);
            (incident.ResolvedAt is not null).ShouldBe(incident.Status == IncidentStatus.Resolved);
        }

        run.State.Incident.Events.ShouldBe(arrived.Length + 2);
    });

    [Fact]
    public void The_same_event_twice_changes_no_status_and_says_nothing_new() => Holds(Deliveries(keys: 2), arrived =>
    {
        var run = new Run();
        foreach (var alert in arrived)
        {
            run.Take(alert);
            var (once, status, said) = (run.State.Incident, run.Alerts[alert.IncidentKey].Status, run.Replies.Count);
            run.Take(alert);
            var twice = run.State.Incident;
            run.Alerts[alert.IncidentKey].Status.ShouldBe(status);
            (twice.Status, twice.Severity, twice.Firing, twice.Acknowledged, twice.Resolved, twice.Reopened)
                .ShouldBe((once.Status, once.Severity, once.Firing, once.Acknowledged, once.Resolved, once.Reopened));
            run.Replies.Count.ShouldBe(said);
        }
    });

    [Fact]
    public void A_reply_has_a_name_of_its_own_and_the_budget_holds() => Holds(Deliveries(keys: 2), arrived =>
    {
        var run = new Run();
        foreach (var alert in arrived)
            run.Take(alert);
        run.Replies.Select(reply => reply.DeliveryId).ShouldBeUnique();
        run.Replies.Count.ShouldBeLessThanOrEqualTo(Settings.ReplyBudget);
        run.State.Incident.Replies.ShouldBe(run.Replies.Count);
    });

    [Fact]
    public void With_correlation_before_it_nothing_stays_open_that_was_resolved_and_nothing_is_lost_that_fires() => Holds(Deliveries(keys: 2), arrived =>
    {
        var desk = new IncidentDesk();
        desk.Take(arrived);
        var known = desk.Incidents.SelectMany(incident => desk.AlertsOf(incident.Id)).ToLookup(alert => alert.IncidentKey);
        foreach (var events in arrived.GroupBy(alert => alert.IncidentKey))
        {
            var active = known[events.Key].Where(alert => alert.Status != AlertStatus.Resolved).Select(alert => alert.Status).ToList();
            var truth = Truth(events);
            active.ShouldBe(truth == AlertStatus.Resolved ? [] : [truth], events.Key);
        }
    });

    private static AlertStatus Truth(IEnumerable<AlertReported> events) =>
        events.Max(alert => (alert.OccurredAt!.Value, alert.Status)).Status;

    /// <summary>Events of up to four fingerprints, each of one or several keys, within a minute, with many equal times, some twice, in any order.</summary>
    private static Gen<AlertReported[]> Deliveries(int keys)
    {
        var one =
            from alert in Gen.Choose(0, 3)
            from key in Gen.Choose(0, keys - 1)
            from after in Gen.Choose(0, 15)
            from status in Gen.Elements(AlertStatus.Firing, AlertStatus.Acknowledged, AlertStatus.Resolved)
            from severity in Gen.Elements("critical", "warning", "info", null)
            let start = alert % 2 == 0 ? 0 : key * 10
            select Some.Alert(start + after, Some.Id("fp-", alert), status, severity: severity, startedAt: start, receivedAt: 60) with
            {
                IncidentKey = $"Q{alert}-{key}",
            };
        return
            from events in one.NonEmptyListOf()
            from again in Gen.SubListOf(events.ToArray())
            from order in Gen.Shuffle(events.Concat(again).ToArray())
            select order;
    }

    /// <summary>What the servers of an Alertmanager cluster send within half a minute: starts and ends of up to four alerts, in any order.</summary>
    private static Gen<AlertReported[]> UndatedDeliveries()
    {
        var one =
            from alert in Gen.Choose(0, 3)
            from time in Gen.Choose(0, 20)
            from resolved in Gen.Elements(true, false)
            select resolved
                ? Some.Undated(AlertStatus.Resolved, 0, 0, time, Some.Id("fp-", alert))
                : Some.Undated(AlertStatus.Firing, 0, time, fingerprint: Some.Id("fp-", alert));
        return
            from events in one.NonEmptyListOf()
            from again in Gen.SubListOf(events.ToArray())
            from order in Gen.Shuffle(events.Concat(again).ToArray())
            select order.Select((alert, i) => alert with { ReceivedAt = Some.At(30 + (30.0 * i / order.Length)) }).ToArray();
    }

    private static void Holds(Gen<AlertReported[]> deliveries, Action<AlertReported[]> property) =>
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(300), Prop.ForAll(Arb.From(deliveries), property));

    /// <summary>One incident that stands already, so that a resolve heard first is recorded.</summary>
    private sealed class Run
    {
        public Run() => Take(Some.Alert(0, "anchor", AlertStatus.Acknowledged, receivedAt: 60));

        public IncidentState State { get; private set; } = null!;

        public Dictionary<string, IncidentAlert> Alerts { get; } = new(StringComparer.Ordinal);

        public List<PostReply> Replies { get; } = [];

        public void Take(AlertReported alert)
        {
            // The anchor resolves at once, so that the others decide the status.
            Apply(alert);
            if (alert.IncidentKey == "anchor" && alert.Status != AlertStatus.Resolved)
                Apply(alert with { Status = AlertStatus.Resolved });
        }

        private void Apply(AlertReported alert)
        {
            var join = new IncidentJoin(alert.ReceivedAt, alert.Source, alert.Fingerprint, alert.Title, "fingerprint", 1, []);
            var result = IncidentFlow.Apply(
                State, new AlertJoined(1, alert.ReceivedAt, "prod", alert, Alerts.GetValueOrDefault(alert.IncidentKey), join), Settings);
            State = result.State!;
            Alerts[result.Alert!.IncidentKey] = result.Alert;
            Replies.AddRange(result.Messages.Select(message => message.Message).OfType<PostReply>());
        }
    }
}
