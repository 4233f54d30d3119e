using OpsBot.Contracts.Events;
using OpsBot.Tests.Support;

namespace OpsBot.Tests.Incidents.Correlation;

/// <summary>Three things break in the same minutes, in one cluster and one namespace, and report through two senders.</summary>
public class ConcurrentStormsTests
{
    private static readonly (string Name, string Value)[] Common = [("cluster", "eu-1"), ("namespace", "shop"), ("prometheus", "monitoring/k8s")];

    private static readonly string[] Calls =
        ["edge->cart", "cart->cart-db", "edge->search", "billing->ledger", "exporter->events-queue", "loader->events-queue"];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    public void Two_hundred_interleaved_alerts_of_three_storms_are_exactly_three_incidents(int seed)
    {
        var random = new Random(seed);
        (string Storm, AlertReported Alert)[] alerts =
        [
            .. Storm("db", 80, random, Cascade), .. Storm("node", 70, random, BrokenNode), .. Storm("queue", 50, random, Backlog),
        ];
        var desk = new IncidentDesk(Some.Topology(Calls));
        desk.Take(alerts.OrderBy(alert => alert.Alert.OccurredAt).Select(alert => alert.Alert));

        desk.Incidents.Count.ShouldBe(3, string.Join("\n", desk.Joins.Where(join => join.Join.Reason == "opened")
            .Select(join => $"INC-{join.Incident} {join.Join.Title}: {string.Join("; ", join.Join.Parts)}")));
        var stormOf = alerts.ToDictionary(alert => alert.Alert.Fingerprint, alert => alert.Storm);
        foreach (var incident in desk.Incidents)
            desk.AlertsOf(incident.Id).Select(alert => stormOf[alert.Fingerprint]).Distinct().ShouldHaveSingleItem();
        desk.Incidents.Sum(incident => incident.Firing).ShouldBe(200);

        desk.Take(alerts.Select(alert => alert.Alert with { Status = AlertStatus.Resolved, OccurredAt = Some.At(900), ReceivedAt = Some.At(900) }));
        desk.Incidents.ShouldAllBe(incident => incident.Firing == 0 && incident.ResolvedAt == Some.At(900));
    }

    private static IEnumerable<(string, AlertReported)> Storm(string name, int count, Random random, Func<int, double, Random, AlertReported> make) =>
        Enumerable.Range(0, count).Select(i => (name, make(i, i == 0 ? 0 : random.NextDouble() * 240, random) with { Fingerprint = $"{name}-{i}", IncidentKey = $"{name}-{i}" }));

    /// <summary>A slow database, and what calls it.</summary>
    private static AlertReported Cascade(int i, double at, Random random)
    {
        var (service, title) = i % 3 == 0 ? ("cart-db", "SlowQueries") : ("cart", "HighErrorRate");
        return random.Next(10) == 0
            ? Some.PagerDuty("triggered", at, service: "Cart", title: "[FIRING:1] HighErrorRate cart", createdAt: at)
            : Some.Alert(at, title: title, service: service, severity: "critical", labels: [.. Common, ("pod", $"{service}-{i}")]);
    }

    /// <summary>A machine with pods of services that do not call each other.</summary>
    private static AlertReported BrokenNode(int i, double at, Random random)
    {
        string?[] on = [null, "billing", "mailer", "thumbnails"];
        var service = i == 0 ? null : on[random.Next(on.Length)];
        return Some.Alert(
            at, title: service is null ? "NodeNotReady" : "PodNotReady", service: service, severity: "critical",
            labels: [.. Common, ("node", "worker-7"), .. service is null ? Array.Empty<(string, string)>() : [("pod", $"{service}-{i}")]]);
    }

    /// <summary>A queue that nobody empties.</summary>
    private static AlertReported Backlog(int i, double at, Random random) =>
        Some.Alert(
            at, title: "HighErrorRate", service: i == 0 ? "events-queue" : random.Next(2) == 0 ? "exporter" : "loader", severity: "critical",
            labels: [.. Common, ("queue", "events"), ("pod", Some.Id("worker-", i))]);
}
