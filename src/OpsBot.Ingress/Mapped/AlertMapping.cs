using OpsBot.Contracts.Events;
using OpsBot.Ingress.PagerDuty;
using OpsBot.Ingress.Reading;

namespace OpsBot.Ingress.Mapped;

/// <summary>Makes the record of an alert.</summary>
internal sealed class AlertMapping
{
    private readonly bool _reused;
    private readonly MappedFields _fields;
    private readonly StatusMapping _status;
    private readonly Dictionary<string, string> _severities;
    private readonly IReadOnlyList<JsonPath> _annotations;

    public AlertMapping(MappingOptions options, MappedSenderOptions? sender, MappingReport report)
    {
        _reused = options.IdentityIsReused;
        _status = new StatusMapping(options, report);
        _annotations = report.Paths("annotations", options.Annotations);
        report.Count("severityWords", options.SeverityWords.Count, MappingLimits.Words);
        _severities = new(options.SeverityWords, StringComparer.OrdinalIgnoreCase);
        if (options.Identity is null)
            report.Add("identity", "missing; without what the sender calls an alert its end cannot be told from that of another");
        if (options.Title is null)
            report.Add("title", "missing; people see it first");
        _fields = new MappedFields(report)
            .Add("identity", options.Identity)
            .Add("fingerprint", options.Fingerprint)
            .Add("title", options.Title)
            .Add("summary", options.Summary)
            .Add("description", options.Description)
            .Add("expression", options.Expression)
            .Add("severity", options.Severity)
            .Add("service", sender?.Service, options.Service)
            .Add("environment", sender?.Environment, options.Environment)
            .Add("occurredAt", options.OccurredAt)
            .Add("startedAt", options.StartedAt)
            .Add("endedAt", options.EndedAt)
            .Add("runbookUrl", options.RunbookUrl)
            .Add("group", options.Group)
            .Links(options.Links)
            .Facts(options.Facts);
    }

    public IEnumerable<Template> Templates => _fields.Templates.Concat(_status.Templates);

    /// <returns>null where the status is one to be ignored.</returns>
    public AlertReported? Read(string source, string happened, MappedScope scope)
    {
        if (_status.Read(scope) is not { } status)
            return null;
        var identity = _fields.RequiredKey("identity", scope);
        var title = _fields.Text("title", scope, Bounds.Title) ?? "";
        var service = _fields.Text("service", scope, Bounds.Name);
        var runbook = _fields.Text("runbookUrl", scope, Bounds.Url);
        return new AlertReported
        {
            Source = source,
            Event = happened,
            IncidentKey = identity,
            KeyNamesOneIncident = !_reused,
            Fingerprint = _fields.Key("fingerprint", scope) ?? (_reused ? identity : PagerDutyFingerprint.Of(null, service, title)),
            Status = status,
            Title = title,
            Service = service,
            Severity = Severity(scope),
            Environment = _fields.Text("environment", scope, Bounds.Name),
            Summary = _fields.Shown("summary", scope, Bounds.Summary),
            Description = _fields.Shown("description", scope, Bounds.Description),
            Expression = _fields.Shown("expression", scope, Bounds.Description),
            Labels = scope.Labels,
            Annotations = LabelReader.Read(_annotations, scope, Bounds.Description),
            OccurredAt = _fields.Time("occurredAt", scope),
            StartedAt = _fields.Time("startedAt", scope),
            EndedAt = status == AlertStatus.Resolved ? _fields.Time("endedAt", scope) : null,
            Links = _fields.LinksOf(scope, runbook),
            RunbookUrl = LinkList.IsWeb(runbook) ? runbook : null,
            GroupKey = _fields.Text("group", scope, Bounds.Summary),
            Facts = _fields.FactsOf(scope),
        };
    }

    private string? Severity(MappedScope scope) =>
        _fields.Text("severity", scope, Bounds.Name) is { } word ? _severities.GetValueOrDefault(word, word) : null;
}
