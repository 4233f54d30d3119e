using System.Text;
using OpsBot.Contracts.Events;
using OpsBot.Ingress.Reading;

namespace OpsBot.Ingress.Mapped;

/// <summary>Makes the record of a change.</summary>
internal sealed class ChangeMapping
{
    private readonly ChangeKind _kind;
    private readonly MappedFields _fields;
    private readonly Dictionary<string, ChangeStatus> _statuses;

    public ChangeMapping(ChangeMappingOptions options, MappingReport report)
    {
        _kind = options.Kind;
        _statuses = new(options.StatusWords, StringComparer.OrdinalIgnoreCase);
        report.Count("change.events", options.Events.Count, MappingLimits.Words);
        report.Count("change.statusWords", options.StatusWords.Count, MappingLimits.Words);
        if (options.Events.Count == 0)
            report.Add("change.events", "missing; name the values of 'event' that tell of a change");
        if (options.Title is null)
            report.Add("change.title", "missing; people see it first");
        _fields = new MappedFields(report, "change.")
            .Add("identity", options.Identity)
            .Add("status", options.Status)
            .Add("title", options.Title)
            .Add("summary", options.Summary)
            .Add("service", options.Service)
            .Add("environment", options.Environment)
            .Add("version", options.Version)
            .Add("commit", options.Commit)
            .Add("branch", options.Branch)
            .Add("author", options.Author)
            .Add("occurredAt", options.OccurredAt)
            .Add("contract", options.Contract)
            .Add("contractFormat", options.ContractFormat)
            .Links(options.Links)
            .Facts(options.Facts);
    }

    public IEnumerable<Template> Templates => _fields.Templates;

    public DeployReported Read(string source, string happened, MappedScope scope) => new()
    {
        Source = source,
        Event = happened,
        ChangeKey = _fields.Key("identity", scope) ?? Bounds.Sha256(Encoding.UTF8.GetBytes(scope.Alert.Raw))[..32],
        Change = _kind,
        Status = _fields.Text("status", scope, Bounds.Name) is { } word ? _statuses.GetValueOrDefault(word, ChangeStatus.Unknown) : ChangeStatus.Unknown,
        // what says nothing of a change is none
        Title = _fields.Text("title", scope, Bounds.Title) ?? throw _fields.Missing("title"),
        Summary = _fields.Shown("summary", scope, Bounds.Summary),
        Service = _fields.Text("service", scope, Bounds.Name),
        Environment = _fields.Text("environment", scope, Bounds.Name),
        Version = _fields.Text("version", scope, Bounds.Name),
        Commit = _fields.Text("commit", scope, Bounds.Name),
        Branch = _fields.Text("branch", scope, Bounds.Name),
        Author = _fields.Text("author", scope, Bounds.Name),
        Contracts = ContractList.Of(_fields.Shown("contract", scope, Bounds.Contract + 1), _fields.Text("contractFormat", scope, Bounds.Name)) is { } told ? [told] : [],
        OccurredAt = _fields.Time("occurredAt", scope),
        Links = _fields.LinksOf(scope, null),
        Facts = _fields.FactsOf(scope),
    };
}
