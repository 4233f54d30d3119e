using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace OpsBot.IntegrationTests.Crash;

/// <summary>One delivery of the storm.</summary>
/// <param name="Key">What OpsBot is expected to call it: CloudEvents <c>source#id</c>, else the SHA-256 of the body.</param>
/// <param name="Alerts">The alerts it speaks of, as (source, fingerprint).</param>
internal sealed record StormDelivery(string Source, string Key, byte[] Body, IReadOnlyList<(string Source, string Fingerprint)> Alerts);

/// <summary>
/// Many services alert at once, in CloudEvents and in groups of Alertmanager; then some of the alerts are resolved, for good. The same seed
/// gives the same storm. No alert comes back after its resolve, so that each belongs to exactly one incident whatever the order of arrival.
/// </summary>
internal sealed class Storm
{
    private const int Services = 24;
    private const int WhollyResolved = 5;
    private const string NeverResolved = "never-resolved";
    private readonly Random _random;
    private readonly DateTimeOffset _start;
    private int _made;

    public Storm(int seed, int deliveries, DateTimeOffset start)
    {
        _random = new Random(seed);
        _start = start;
        var resolving = deliveries / 6;
        Firing = [.. Enumerable.Range(0, deliveries - resolving).Select(_ => _random.Next(10) < 7 ? FiringEvent() : Group("firing", Pick(_random.Next(1, 6))))];
        var fired = Firing.SelectMany(delivery => delivery.Alerts).Distinct().Order().ToList();
        // All alerts of some services, so that incidents end, and a few of the others.
        var ended = fired.Where(alert => ServiceNumber(alert.Fingerprint) < WhollyResolved || _random.Next(15) == 0).ToList();
        Resolving = [.. Resolves(ended, resolving)];
        Resolved = Resolving.SelectMany(delivery => delivery.Alerts).Where(alert => alert.Fingerprint != NeverResolved).ToHashSet();
        Expected = Firing.Concat(Resolving).SelectMany(delivery => delivery.Alerts)
            .GroupBy(alert => alert).ToDictionary(group => group.Key, group => group.Count());
    }

    public IReadOnlyList<StormDelivery> Firing { get; }

    /// <summary>Sent when all that fires has been taken.</summary>
    public IReadOnlyList<StormDelivery> Resolving { get; }

    public IReadOnlySet<(string Source, string Fingerprint)> Resolved { get; }

    /// <summary>For each alert the number of events that must have been counted, neither more nor fewer.</summary>
    public IReadOnlyDictionary<(string Source, string Fingerprint), int> Expected { get; }

    public IEnumerable<StormDelivery> All => Firing.Concat(Resolving);

    private IEnumerable<StormDelivery> Resolves(List<(string Source, string Fingerprint)> ended, int count)
    {
        var events = ended.Where(alert => alert.Source == "cloudevents").Take(count * 2 / 3).ToList();
        foreach (var (_, fingerprint) in events)
        {
            yield return Event(fingerprint, "resolved");
        }

        // the rest of the count: groups, each alert in one of them
        var alerts = ended.Where(alert => alert.Source == "alertmanager").Select(alert => alert.Fingerprint).ToList();
        var groups = count - events.Count;
        for (var i = 0; i < groups; i++)
        {
            var some = alerts.Where((_, index) => index % groups == i).ToList();
            yield return some.Count > 0 ? Group("resolved", some) : Group("firing", [NeverResolved]);
        }
    }

    private StormDelivery FiringEvent() => Event($"/storm/{_random.Next(3)}#key-{_random.Next(140)}", "firing");

    private List<string> Pick(int count) =>
        [.. Enumerable.Range(0, count).Select(_ => _random.Next(80).ToString("x16", CultureInfo.InvariantCulture)).Distinct()];

    private StormDelivery Event(string fingerprint, string status)
    {
        var (source, key) = (fingerprint.Split('#')[0], fingerprint.Split('#')[1]);
        var id = $"storm-{_made++}";
        var service = ServiceOf(fingerprint);
        var body = JsonSerializer.SerializeToUtf8Bytes(new
        {
            specversion = "1.0",
            id,
            source,
            type = "opsbot.alert.v1",
            time = At(_made),
            data = new
            {
                key,
                status,
                title = $"{service}: errors above 5 % ({key})",
                service,
                severity = "critical",
                environment = "production",
                labels = new { region = "north", check = key },
            },
        });
        return new StormDelivery("cloudevents", $"{source}#{id}", body, [("cloudevents", fingerprint)]);
    }

    private StormDelivery Group(string status, IReadOnlyList<string> fingerprints)
    {
        // Alertmanager has no id of a delivery: two groups with the same content are the same delivery, so each differs in a time.
        var at = At(_made++);
        var body = JsonSerializer.SerializeToUtf8Bytes(new
        {
            version = "4",
            groupKey = $"{{}}:{{group=\"{_made}\"}}",
            status,
            receiver = "opsbot",
            groupLabels = new { },
            commonLabels = new { environment = "production" },
            commonAnnotations = new { },
            externalURL = "http://alertmanager.test",
            alerts = fingerprints.Select(fingerprint => new
            {
                status,
                labels = new { alertname = "HighLatency", service = ServiceOf(fingerprint), severity = "warning", pod = fingerprint },
                annotations = new { summary = "p99 over 2 s" },
                startsAt = At(0),
                endsAt = status == "resolved" ? at : "0001-01-01T00:00:00Z",
                fingerprint,
            }),
        });
        return new StormDelivery(
            "alertmanager", Convert.ToHexStringLower(SHA256.HashData(body)), body, [.. fingerprints.Select(fingerprint => ("alertmanager", fingerprint))]);
    }

    private string At(int number) => _start.AddMilliseconds(number).ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    private static string ServiceOf(string fingerprint) => $"shop-{ServiceNumber(fingerprint)}";

    private static int ServiceNumber(string fingerprint) => Encoding.UTF8.GetBytes(fingerprint).Sum(b => b) % Services;
}
