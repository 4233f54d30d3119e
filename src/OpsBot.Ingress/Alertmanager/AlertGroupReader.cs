using System.Globalization;
using OpsBot.Contracts.Events;
using OpsBot.Ingress.Reading;

namespace OpsBot.Ingress.Alertmanager;

/// <summary>A group of alerts as Alertmanager and Grafana send it: shared labels and annotations, and one entry an alert.</summary>
internal sealed class AlertGroupReader(string source, string eventName, LabelledSenderOptions options)
{
    private const int OwnText = 64_000;

    // shared text is repeated in every alert of the group, so there is less of it
    private const int SharedText = 16_000;

    private static readonly IReadOnlyList<string> RunbookAnnotations = ["runbook_url", "runbook", "runbookUrl", "runbook_link"];
    private static readonly IReadOnlyList<string> ExpressionAnnotations = ["expr", "expression", "query", "promql"];
    private static readonly IReadOnlyList<string> AlertLinks = ["generatorURL", "dashboardURL", "panelURL", "silenceURL", "imageURL"];

    /// <summary>The alerts of <c>alerts[]</c>; one that cannot be read does not hold back the others.</summary>
    /// <exception cref="UnreadableException">None of them can be read.</exception>
    public Normalised Read(JsonView body)
    {
        // null stands where an alert was read before
        var alerts = body["alerts"].Items().Where(alert => alert.Exists).ToList();
        if (alerts.Count == 0)
            return body["alerts"].Items().Any() ? throw body["alerts"].Wrong("holds null and no alert") : new Normalised.Nothing("the group has no alerts");
        if (alerts.Count > Bounds.Items)
            throw new UnreadableException("alerts", $"{alerts.Count} alerts in one body; at most {Bounds.Items} are read");
        var shared = Shared.Of(body);
        var unread = new List<(JsonView Alert, UnreadableException Why)>();
        var known = Each(alerts, unread, alert => (Alert: alert, Status: StatusOf(alert["status"], body)));
        var facts = GroupFacts(body, [.. known.Select(alert => alert.Status)]);
        var events = Each(known, unread, alert => alert.Alert, alert => NormalisedEvent.Of(Alert(alert.Alert, alert.Status, shared, facts)));
        if (unread.Count == 0)
            return new Normalised.Events(events);
        var first = unread.MinBy(one => one.Alert.Index).Why;
        if (events.Count == 0)
            throw first;
        var rest = body.WithOnly("alerts", unread.Select(one => one.Alert.Index).ToHashSet());
        return new Normalised.Events(events) { Rest = new UnreadRest(rest, new Normalised.Unreadable(first.Field, first.Reason)) };
    }

    private static List<T> Each<T>(IEnumerable<JsonView> alerts, List<(JsonView, UnreadableException)> unread, Func<JsonView, T> read) =>
        Each(alerts, unread, alert => alert, read);

    private static List<T> Each<TItem, T>(
        IEnumerable<TItem> items, List<(JsonView, UnreadableException)> unread, Func<TItem, JsonView> alert, Func<TItem, T> read)
    {
        var list = new List<T>();
        foreach (var item in items)
        {
            try
            {
                list.Add(read(item));
            }
            catch (UnreadableException wrong)
            {
                unread.Add((alert(item), wrong));
            }
        }

        return list;
    }

    /// <summary>The group itself as one alert, for a body that has no <c>alerts[]</c>.</summary>
    public AlertReported ReadGroup(JsonView body, AlertStatus status)
    {
        var shared = Shared.Of(body);
        var texts = shared with { Labels = Merge(shared.GroupLabels, shared.Labels) };
        var identity = texts.Labels.Count > 0 ? null : body["groupKey"].Key() ?? throw body["commonLabels"].Missing();
        return Make(body, status, texts, identity, GroupFacts(body, [status]));
    }

    private AlertReported Alert(JsonView alert, AlertStatus status, Shared shared, IReadOnlyDictionary<string, string> groupFacts)
    {
        var facts = new Facts()
            .Add("valueString", alert["valueString"])
            .Add("values", alert["values"])
            .AddMembers("value", alert["values"])
            .ToDictionary();
        var own = shared with
        {
            Labels = Merge(shared.Labels, Facts.Map(alert["labels"], Bounds.Summary, OwnText)),
            Annotations = Merge(shared.Annotations, Facts.Map(alert["annotations"], Bounds.Description, OwnText)),
        };
        return Make(alert, status, own, alert["fingerprint"].Key(), Merge(groupFacts, facts));
    }

    private AlertReported Make(
        JsonView alert, AlertStatus status, Shared texts, string? identity, IReadOnlyDictionary<string, string> facts)
    {
        var (labels, annotations) = (texts.Labels, texts.Annotations);
        if (identity is null && labels.Count == 0)
            throw new UnreadableException(alert["labels"].Path, "an alert without labels and fingerprint cannot be told from others");
        var fingerprint = identity ?? LabelFingerprint.Of(labels);
        var generator = alert["generatorURL"].Text(Bounds.Url);
        var runbook = First(annotations, RunbookAnnotations);
        return new AlertReported
        {
            Source = source,
            Event = eventName,
            IncidentKey = fingerprint,
            Fingerprint = fingerprint,
            Status = status,
            Title = Bounds.Cut(First(labels, ["alertname"]) ?? First(annotations, ["title", "summary"]) ?? texts.Title ?? "unnamed alert", Bounds.Title),
            Service = First(labels, options.ServiceLabels.Count > 0 ? options.ServiceLabels : AlertLabels.Service),
            Severity = First(labels, ["severity", "priority"]),
            Environment = First(labels, options.EnvironmentLabels.Count > 0 ? options.EnvironmentLabels : AlertLabels.Environment),
            Summary = First(annotations, ["summary", "message"]),
            Description = First(annotations, ["description"]),
            Expression = First(annotations, ExpressionAnnotations) ?? PrometheusLink.Expression(generator),
            Labels = labels,
            Annotations = annotations,
            StartedAt = alert["startsAt"].Time(),
            // while it fires, endsAt is the zero time or the time at which it would expire
            EndedAt = status == AlertStatus.Resolved ? alert["endsAt"].Time() : null,
            Links = LinksOf(alert, runbook, annotations),
            RunbookUrl = LinkList.IsWeb(runbook) ? runbook : null,
            GroupKey = texts.GroupKey,
            Facts = facts,
        };
    }

    private static IReadOnlyList<string> LinksOf(JsonView alert, string? runbook, IReadOnlyDictionary<string, string> annotations)
    {
        var links = new LinkList();
        foreach (var name in AlertLinks)
            links.Add(alert[name]);
        links.Add(runbook);
        foreach (var annotation in annotations.Values)
            links.Add(annotation);
        return links.ToList();
    }

    private static IReadOnlyDictionary<string, string> GroupFacts(JsonView body, IReadOnlyList<AlertStatus> statuses) => new Facts()
        .Add("receiver", body["receiver"])
        .Add("groupStatus", body["status"])
        .Add("groupTitle", body["title"].Text(Bounds.Title))
        .Add("externalURL", body["externalURL"])
        .Add("orgId", body["orgId"])
        .Add("truncatedAlerts", body["truncatedAlerts"])
        .Add("alerts", Number(statuses.Count))
        .Add("firing", Number(statuses.Count(status => status == AlertStatus.Firing)))
        .Add("resolved", Number(statuses.Count(status => status == AlertStatus.Resolved)))
        .ToDictionary();

    // the group's word counts for an alert that has none; templates of Grafana write its state in place of a status
    private static AlertStatus StatusOf(JsonView own, JsonView body)
    {
        var stated = own.Exists ? own : body["status"].Exists ? body["status"] : body["state"];
        return stated.Text()?.ToLowerInvariant() switch
        {
            "firing" or "alerting" => AlertStatus.Firing,
            "resolved" or "ok" => AlertStatus.Resolved,
            null => throw own.Missing(),
            _ => throw stated.Wrong("is neither firing nor resolved"),
        };
    }

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static string? First(IReadOnlyDictionary<string, string> map, IReadOnlyList<string> names) =>
        names.Select(name => map.GetValueOrDefault(name)).FirstOrDefault(value => !string.IsNullOrWhiteSpace(value));

    private static IReadOnlyDictionary<string, string> Merge(IReadOnlyDictionary<string, string> shared, IReadOnlyDictionary<string, string> own)
    {
        if (shared.Count == 0)
            return own;
        var merged = new Dictionary<string, string>(shared);
        foreach (var (name, value) in own)
            merged[name] = value;
        return merged;
    }

    private sealed record Shared(
        IReadOnlyDictionary<string, string> Labels, IReadOnlyDictionary<string, string> GroupLabels,
        IReadOnlyDictionary<string, string> Annotations, string? Title, string? GroupKey)
    {
        public static Shared Of(JsonView body) => new(
            Facts.Map(body["commonLabels"], Bounds.Summary, SharedText), Facts.Map(body["groupLabels"], Bounds.Summary, SharedText),
            Facts.Map(body["commonAnnotations"], Bounds.Description, SharedText), body["title"].Text(Bounds.Title), body["groupKey"].Text(Bounds.Summary));
    }
}
