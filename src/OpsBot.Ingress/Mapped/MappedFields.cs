using OpsBot.Ingress.Reading;

namespace OpsBot.Ingress.Mapped;

/// <summary>The templates of one record, by the name of their field.</summary>
/// <param name="report">Learns what is wrong with them.</param>
/// <param name="prefix">What stands before the names in the configuration.</param>
internal sealed class MappedFields(MappingReport report, string prefix = "")
{
    private readonly Dictionary<string, IReadOnlyList<Template>> _fields = [];
    private IReadOnlyList<Template> _links = [];
    private IReadOnlyDictionary<string, Template> _facts = new Dictionary<string, Template>();

    public IEnumerable<Template> Templates => _fields.Values.SelectMany(templates => templates).Concat(_links).Concat(_facts.Values);

    /// <param name="name">Of the field.</param>
    /// <param name="texts">What may stand for it, the first that finds something; null where nothing is said.</param>
    public MappedFields Add(string name, params IReadOnlyList<string?> texts)
    {
        _fields[name] = [.. texts.Select(text => report.Optional(prefix + name, text)).OfType<Template>()];
        return this;
    }

    public MappedFields Links(IReadOnlyList<string> texts)
    {
        _links = report.Templates($"{prefix}links", texts);
        return this;
    }

    public MappedFields Facts(IReadOnlyDictionary<string, string> texts)
    {
        _facts = report.Map($"{prefix}facts", texts);
        return this;
    }

    /// <summary>Text that is compared: a list or an object in its place is wrong.</summary>
    public string? Text(string name, MappedScope scope, int max) => First(name, scope, new TextLimit(max))?.Text;

    /// <summary>Text that people read, whatever stands there.</summary>
    public string? Shown(string name, MappedScope scope, int max) => First(name, scope, new TextLimit(max, AnyShape: true))?.Text;

    public string? Key(string name, MappedScope scope) => First(name, scope, TextLimit.Key) is { } found ? Bounds.Key(found.Text) : null;

    public string RequiredKey(string name, MappedScope scope) => Key(name, scope) ?? throw Missing(name);

    /// <summary>Names the first place that was looked at.</summary>
    public UnreadableException Missing(string name) => new(_fields[name][0].Place, "missing");

    public DateTimeOffset? Time(string name, MappedScope scope)
    {
        foreach (var found in _fields[name].SelectMany(template => template.Each(scope, new TextLimit(Bounds.Name))))
        {
            if (!Moment.TryParse(found.Text, out var time))
                throw new UnreadableException(found.Path, $"{Quote(found.Text)} is not a time; ISO 8601 and the time since 1970 are read");
            if (time is not null)
                return time;
        }

        return null;
    }

    public IReadOnlyList<string> LinksOf(MappedScope scope, string? runbook)
    {
        var links = new LinkList();
        foreach (var link in _links.SelectMany(template => template.All(scope, new TextLimit(Bounds.Url, AnyShape: true))))
            links.Add(link);
        return links.Add(runbook).ToList();
    }

    public IReadOnlyDictionary<string, string> FactsOf(MappedScope scope)
    {
        var facts = new Facts();
        foreach (var (name, template) in _facts)
            facts.Add(name, template.First(scope, new TextLimit(Bounds.Summary, AnyShape: true))?.Text);
        return facts.ToDictionary();
    }

    /// <summary>A text for an error message: short and on one line.</summary>
    public static string Quote(string text) => $"'{string.Concat(Bounds.Cut(text, 60).Select(c => char.IsControl(c) ? ' ' : c))}'";

    private Found? First(string name, MappedScope scope, TextLimit limit) =>
        _fields[name].Select(template => template.First(scope, limit)).FirstOrDefault(found => found is not null);
}
