using OpsBot.Ingress.Reading;
using OpsBot.Ingress.Webhooks;

namespace OpsBot.Ingress.Mapped;

/// <summary>A mapping that was taken apart and holds.</summary>
internal sealed class Mapping
{
    private readonly HashSet<string> _blank;
    private readonly HashSet<string> _ignore;
    private readonly HashSet<string> _changes;
    private readonly IReadOnlyList<JsonPath> _labels;
    private readonly AlertMapping _alert;
    private readonly ChangeMapping? _change;

    private Mapping(MappingOptions options, MappedSenderOptions? sender, MappingReport report)
    {
        List = report.Path("list", options.List);
        if (List is not null && List.Names is null)
            report.Add("list", $"'{options.List}' is to lead to one list by names alone; [ ] has no place here");
        Delivery = report.Optional("delivery", options.Delivery);
        Event = report.Optional("event", options.Event);
        _labels = report.Paths("labels", options.Labels);
        report.Count("blank", options.Blank.Count, MappingLimits.Words);
        report.Count("ignore", options.Ignore.Count, MappingLimits.Words);
        (_blank, _ignore) = (Words(options.Blank), Words(options.Ignore));
        _changes = Words(options.Change?.Events ?? []);
        _alert = new AlertMapping(options, sender, report);
        if (options.Change is { } change)
            _change = new ChangeMapping(change, report);
    }

    public JsonPath? List { get; }

    private Template? Delivery { get; }

    private Template? Event { get; }

    /// <exception cref="InvalidOperationException">It does not hold; the validator of the options says so before.</exception>
    public static Mapping Of(MappingOptions options, MappedSenderOptions? sender)
    {
        var report = new MappingReport("mapping");
        var mapping = new Mapping(options, sender, report);
        return report.Problems.Count == 0 ? mapping : throw new InvalidOperationException(report.Problems[0]);
    }

    /// <summary>What is wrong with it, each under the key that it stands at.</summary>
    public static IReadOnlyList<string> Problems(string key, MappingOptions options)
    {
        var report = new MappingReport(key);
        _ = new Mapping(options, null, report);
        return report.Problems;
    }

    /// <summary>Whether a header of the delivery is read.</summary>
    public bool Reads(string header) =>
        new[] { Delivery, Event }.OfType<Template>().Concat(_alert.Templates).Concat(_change?.Templates ?? [])
            .SelectMany(template => template.Headers).Contains(header, StringComparer.OrdinalIgnoreCase);

    public string? DeliveryKey(WebhookHeaders headers, JsonView body) =>
        Delivery?.First(Scope(headers, body, body, new SharedReadings()), TextLimit.Key) is { } key ? Bounds.Key(key.Text) : null;

    /// <param name="shared">The same for all alerts of a body.</param>
    /// <returns>The event; null with the reason where there is nothing to do.</returns>
    /// <exception cref="UnreadableException">A fact is missing or wrong.</exception>
    public (NormalisedEvent? Event, string Why) Read(
        string source, WebhookHeaders headers, JsonView body, JsonView alert, SharedReadings shared)
    {
        var scope = Scope(headers, body, alert, shared);
        scope = scope with { Labels = LabelReader.Read(_labels, scope, Bounds.Summary) };
        var happened = Event?.First(scope, new TextLimit(Bounds.Name))?.Text ?? "alert";
        if (_ignore.Contains(happened))
            return (null, $"{Bounds.Cut(happened, 60)} is ignored by the mapping");
        if (_change is not null && _changes.Contains(happened))
            return (NormalisedEvent.Of(_change.Read(source, happened, scope)), "");
        return _alert.Read(source, happened, scope) is { } reported ? (NormalisedEvent.Of(reported), "") : (null, "the status is ignored by the mapping");
    }

    private MappedScope Scope(WebhookHeaders headers, JsonView body, JsonView alert, SharedReadings shared) =>
        new(headers, body, alert, _blank, shared);

    private static HashSet<string> Words(IEnumerable<string> words) => new(words, StringComparer.OrdinalIgnoreCase);
}
