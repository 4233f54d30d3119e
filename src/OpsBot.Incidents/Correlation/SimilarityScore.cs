using System.Globalization;
using OpsBot.Contracts.Ports;
using OpsBot.Incidents.Timeline;
using OpsBot.Runtime.Text;

namespace OpsBot.Incidents.Correlation;

/// <summary>How much an alert resembles an incident, 0 to 1, with what it is made of in words.</summary>
/// <remarks>
/// The sum, cut at 1, of
/// <list type="bullet">
/// <item>service: 0.45 for the same, 0.35 for a neighbour in the topology, 0.25 for a related name;</item>
/// <item>time: 0.2, halved for every ten minutes between the alert and the incident;</item>
/// <item>labels: 0.4 × (1 − Π(1 − weight)) over the labels shared with the most similar recent alert, see <see cref="LabelWeights"/>;</item>
/// <item>text: 0.15 × shared words of title and summary with that alert;</item>
/// <item>group: 0.15 where the sender put it into one group with a recent alert.</item>
/// </list>
/// Time, text and group together stay below the default threshold once a moment has passed: without a service, a neighbour or labels in common nothing joins. Where both sides name services that
/// have nothing to do with each other, only labels that name one object count in full; the rest give 0.1 at most. Sharing more, or being
/// nearer, never lowers the score.
/// </remarks>
public sealed record SimilarityScore(double Value, IReadOnlyList<string> Parts)
{
    private const double SameService = 0.45;
    private const double Neighbour = 0.35;
    private const double RelatedName = 0.25;
    private const double Time = 0.2;
    private const double Labels = 0.4;
    private const double Text = 0.15;
    private const double Group = 0.15;
    private const double LabelsOfStrangers = 0.1;
    private static readonly TimeSpan HalfLife = TimeSpan.FromMinutes(10);

    internal static SimilarityScore None { get; } = new(0, []);

    internal static SimilarityScore Of(AlertProbe alert, IncidentCandidate incident, ITopology topology, TimeSpan window)
    {
        var distance = Distance(alert.Time, incident);
        if (distance > window)
            return new(0, [$"{Minutes(distance)} apart, beyond the window"]);

        var recent = incident.RecentAlerts.Take(CorrelationCandidates.MaxRecentAlerts).Select(AlertProbe.Of).ToList();
        var service = Service(alert, incident, recent, topology);
        var strangers = service.Weight <= 0 && service.BothNamed;
        var (labels, text, shared) = MostSimilar(alert, recent, strangers);
        var group = alert.Group is { } own && recent.Exists(other => other.Group == own) ? Group : 0;
        var time = Time * Math.Pow(0.5, distance / HalfLife);

        var parts = new List<string>(4);
        Add(parts, service.Words, service.Weight);
        Add(parts, distance > TimeSpan.Zero ? $"{Minutes(distance)} apart" : "while it went on", time);
        Add(parts, SharedWords(shared), labels);
        Add(parts, "similar words", text);
        Add(parts, "grouped by the sender", group);
        return new(Math.Round(Math.Min(1, service.Weight + time + labels + text + group), 4), parts);
    }

    private static (double Weight, string Words, bool BothNamed) Service(
        AlertProbe alert, IncidentCandidate incident, List<AlertProbe> recent, ITopology topology)
    {
        if (alert.Service is not { } service)
            return (0, "", false);
        var others = incident.Services.Take(64)
            .Concat(recent.Select(other => other.Service).OfType<string>())
            .Distinct(StringComparer.OrdinalIgnoreCase)
            .ToList();
        var name = PlainText.OneLine(service, 60);
        if (others.Any(other => ServiceNames.Same(service, other)))
            return (SameService, $"same service {name}", true);
        if (others.Find(other => topology.AreNeighbours(service, other)) is { } neighbour)
            return (Neighbour, $"{name} is a neighbour of {PlainText.OneLine(neighbour, 60)}", true);
        if (others.Find(other => ServiceNames.Related(service, other)) is { } related)
            return (RelatedName, $"{name} is named like {PlainText.OneLine(related, 60)}", true);
        return (0, "", others.Count > 0);
    }

    private static (double Labels, double Text, IReadOnlyList<WeighedLabel> Shared) MostSimilar(
        AlertProbe alert, List<AlertProbe> recent, bool strangers)
    {
        (double Labels, double Text, IReadOnlyList<WeighedLabel> Shared) best = (0, 0, []);
        foreach (var other in recent)
        {
            var shared = Shared(alert, other);
            var labels = strangers
                ? Math.Max(Weigh(shared.Where(label => label.NamesObject)), Math.Min(LabelsOfStrangers, Weigh(shared)))
                : Weigh(shared);
            var text = Text * TextTokens.Similarity(alert.Tokens, other.Tokens);
            if (labels + text > best.Labels + best.Text)
                best = (labels, text, shared);
        }

        return best;
    }

    private static double Weigh(IEnumerable<WeighedLabel> labels) =>
        Labels * (1 - labels.Aggregate(1.0, (rest, label) => rest * (1 - label.Weight)));

    private static IReadOnlyList<WeighedLabel> Shared(AlertProbe alert, AlertProbe other)
    {
        var theirs = other.Labels.Select(label => (label.Name, label.Value)).ToHashSet();
        return [.. alert.Labels.Where(label => theirs.Contains((label.Name, label.Value)))];
    }

    private static string SharedWords(IReadOnlyList<WeighedLabel> shared)
    {
        var first = shared.Take(3).Select(label => $"{PlainText.OneLine(label.Name, 40)}={PlainText.OneLine(label.Value, 60)}");
        var more = shared.Count > 3 ? string.Create(CultureInfo.InvariantCulture, $" and {shared.Count - 3} more labels") : "";
        return $"shared {string.Join(", ", first)}{more}";
    }

    private static TimeSpan Distance(DateTimeOffset time, IncidentCandidate incident)
    {
        if (time > incident.LastEventAt)
            return time - incident.LastEventAt;
        return time < incident.StartedAt ? incident.StartedAt - time : TimeSpan.Zero;
    }

    private static void Add(List<string> parts, string words, double weight)
    {
        if (weight >= 0.005)
            parts.Add(string.Create(CultureInfo.InvariantCulture, $"{words} {weight:0.00}"));
    }

    private static string Minutes(TimeSpan distance) => distance.TotalMinutes < 1
        ? string.Create(CultureInfo.InvariantCulture, $"{distance.TotalSeconds:0} s")
        : string.Create(CultureInfo.InvariantCulture, $"{distance.TotalMinutes:0} min");
}
